using System.Globalization;
using System.Security.Cryptography;
using OrleansBroker.Gateway.Admission.Passwords;

namespace OrleansBroker.Silo.CommandLine;

/// <summary>Grammar: <c>--file FILE --user NAME [--delete | [--algorithm sha512|sha256] [--iterations N]]</c>.</summary>
internal static class PasswordArguments
{
    public static Invocation Parse(string[] arguments)
    {
        string? file = null;
        string? user = null;
        string? iterations = null;
        string? algorithm = null;
        bool delete = false;
        var reader = new ArgumentReader(arguments);
        while (reader.TryReadName(out string name, out string? value))
        {
            switch (name)
            {
                case "--delete" when value is null:
                    delete = true;
                    continue;
                case "--file":
                    file = value ??= reader.ReadValue();
                    break;
                case "--user":
                    user = value ??= reader.ReadValue();
                    break;
                case "--iterations":
                    iterations = value ??= reader.ReadValue();
                    break;
                case "--algorithm":
                    algorithm = value ??= reader.ReadValue();
                    break;
                default:
                    return new Invocation.Bad($"password: {name}: no such option. It takes --file FILE, --user NAME, --delete, --algorithm NAME, --iterations N.");
            }
            if (string.IsNullOrEmpty(value))
                return new Invocation.Bad($"password: {name}: a value is missing.");
        }
        return file is null || user is null
            ? new Invocation.Bad($"password: {(file is null ? "--file FILE" : "--user NAME")} is missing.")
            : Make(file, user, delete, algorithm, iterations);
    }

    private static Invocation Make(string file, string user, bool delete, string? algorithm, string? iterations)
    {
        if (PasswordRecord.RefuseUserName(user) is { } reason)
            return new Invocation.Bad($"password: --user: {reason}");
        HashAlgorithmName? hash = algorithm switch
        {
            null or "sha512" => HashAlgorithmName.SHA512,
            "sha256" => HashAlgorithmName.SHA256,
            _ => null,
        };
        if (hash is null)
            return new Invocation.Bad($"password: --algorithm: \"{algorithm}\" is refused. It accepts sha512, sha256. Default: sha512.");
        if (iterations is null)
            return new Invocation.Password(file, user, delete, Iterations: null, hash.Value);
        return int.TryParse(iterations, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= PasswordHash.MinIterations and <= PasswordHash.MaxIterations
            ? new Invocation.Password(file, user, delete, count, hash.Value)
            : new Invocation.Bad($"password: --iterations: \"{iterations}\" is refused. It accepts {PasswordHash.MinIterations} to {PasswordHash.MaxIterations}. Default: {PasswordHash.DefaultIterationsOf(hash.Value)}.");
    }
}
