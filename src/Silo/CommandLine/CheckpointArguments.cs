using OrleansBroker.Silo.Options;

namespace OrleansBroker.Silo.CommandLine;

/// <summary>Grammar: <c>--to FOLDER [--path PATH]</c>.</summary>
internal static class CheckpointArguments
{
    public static Invocation Parse(string[] arguments)
    {
        string? folder = null;
        var path = new StorageOptions().Path;
        var reader = new ArgumentReader(arguments);
        while (reader.TryReadName(out string name, out string? value))
        {
            if (name is not ("--to" or "--path"))
                return new Invocation.Bad($"checkpoint: {name}: no such option. It takes --to FOLDER, --path PATH.");
            value ??= reader.ReadValue();
            if (string.IsNullOrEmpty(value))
                return new Invocation.Bad($"checkpoint: {name}: a value is missing.");
            if (name == "--to")
                folder = value;
            else
                path = value;
        }
        return folder is null ? new Invocation.Bad("checkpoint: --to FOLDER is missing.") : new Invocation.Checkpoint(path, folder);
    }
}
