using OrleansBroker.Api.Frame.Access;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Silo.ApiKeys;

namespace OrleansBroker.Silo.CommandLine;

/// <summary><c>orleans-broker api-key</c>: makes, removes and lists keys of the REST API. A running broker notices.</summary>
internal static class ApiKeyCommand
{
    /// <exception cref="BadOptionsException">Nothing was changed; the message says why.</exception>
    public static void Run(Invocation.ApiKey command, TimeProvider time, TextWriter output)
    {
        try
        {
            switch (command.Action)
            {
                case ApiKeyAction.Add:
                    Add(command, time, output);
                    break;
                case ApiKeyAction.Remove:
                    AdmissionFile.Rewrite(command.File, mayBeMissing: false, lines => Remove(command, lines));
                    output.WriteLine($"removed {command.Name}");
                    break;
                default:
                    List(command.File, output);
                    break;
            }
        }
        catch (AdmissionFileException e)
        {
            throw new BadOptionsException($"api-key: {e.Message}", e);
        }
    }

    // The key alone, so that it can be redirected; it is nowhere else.
    private static void Add(Invocation.ApiKey command, TimeProvider time, TextWriter output)
    {
        string key = Api.Frame.Access.ApiKey.Create();
        var record = new ApiKeyRecord(command.Name, command.Roles, Api.Frame.Access.ApiKey.Hash(key), time.GetUtcNow());
        AdmissionFile.Rewrite(command.File, mayBeMissing: true, lines =>
        {
            if (ApiKeyFile.Parse(command.File, lines).Any(each => each.Name == command.Name))
                throw new BadOptionsException($"api-key: {command.File} has a key {command.Name} already. Remove it first, or give the new one another name: both work side by side.");
            lines.Add(record.ToString());
        });
        output.WriteLine(key);
    }

    private static void Remove(Invocation.ApiKey command, List<string> lines)
    {
        // Whatever stands in the file must be a file of keys.
        if (!ApiKeyFile.Parse(command.File, lines).Any(each => each.Name == command.Name))
            throw new BadOptionsException($"api-key: {command.File} has no key {command.Name}.");
        lines.RemoveAll(line => !AdmissionFile.IsBlank(line) && ApiKeyRecord.Parse(line, out _)!.Name == command.Name);
    }

    private static void List(string file, TextWriter output)
    {
        foreach (var record in ApiKeyFile.Parse(file, AdmissionFile.ReadLines(file)))
            output.WriteLine($"{record.Name} {ApiKeyRecord.Format(record.Roles)} {record.Created.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}");
    }
}
