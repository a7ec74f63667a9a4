using System.Text;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Admission.Passwords;

namespace OrleansBroker.Silo.CommandLine;

/// <summary><c>orleans-broker password</c>: changes one user of a password file. A running broker notices.</summary>
internal static class PasswordCommand
{
    // Binary Data of a CONNECT is at most this long.
    private const int MaxPasswordBytes = 65_535;

    /// <exception cref="BadOptionsException">Nothing was changed; the message says why.</exception>
    public static void Run(Invocation.Password command, IPasswordPrompt prompt, TextWriter output)
    {
        try
        {
            if (command.Delete)
                Delete(command, output);
            else
                Set(command, prompt, output);
        }
        catch (AdmissionFileException e)
        {
            throw new BadOptionsException($"password: {e.Message}", e);
        }
    }

    private static void Delete(Invocation.Password command, TextWriter output)
    {
        if (!PasswordFileWriter.Remove(command.File, command.User))
            throw new BadOptionsException($"password: {command.File} has no user {command.User}.");
        output.WriteLine($"removed {command.User}");
    }

    private static void Set(Invocation.Password command, IPasswordPrompt prompt, TextWriter output)
    {
        var hash = PasswordHash.Create(
            Read(prompt, command.User), command.Iterations ?? PasswordHash.DefaultIterationsOf(command.Algorithm), command.Algorithm);
        bool added = PasswordFileWriter.Set(command.File, new PasswordRecord(command.User, hash));
        output.WriteLine($"{(added ? "added" : "changed")} {command.User}");
    }

    private static byte[] Read(IPasswordPrompt prompt, string user)
    {
        try
        {
            byte[] password = Encoding.UTF8.GetBytes(prompt.Read(user)
                ?? throw new BadOptionsException("password: no password was given, or it was not the same twice."));
            return password.Length is > 0 and <= MaxPasswordBytes
                ? password
                : throw new BadOptionsException($"password: a password has 1 to {MaxPasswordBytes} bytes.");
        }
        catch (DecoderFallbackException e)
        {
            throw new BadOptionsException("password: the password is not UTF-8.", e);
        }
    }
}
