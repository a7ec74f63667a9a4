using OrleansBroker.Api.Frame;
using OrleansBroker.Api.Frame.Access;

namespace OrleansBroker.Silo.CommandLine;

/// <summary>Grammar: <c>add FILE NAME --role ROLE[,ROLE] | remove FILE NAME | list FILE</c>.</summary>
internal static class ApiKeyArguments
{
    private const string Grammar = "It takes add FILE NAME --role read|publish|admin, remove FILE NAME, list FILE.";

    public static Invocation Parse(string[] arguments) => arguments switch
    {
        ["list", var file] when IsPlain(file) => new Invocation.ApiKey(ApiKeyAction.List, file, "", ApiRole.None),
        ["remove", var file, var name] when IsPlain(file, name) => Make(ApiKeyAction.Remove, file, name, ApiRole.None),
        ["add", var file, var name, .. var rest] when IsPlain(file, name) => ParseAdd(file, name, rest),
        _ => new Invocation.Bad($"api-key: not understood. {Grammar}"),
    };

    private static Invocation ParseAdd(string file, string name, string[] rest)
    {
        string? role = null;
        var reader = new ArgumentReader(rest);
        while (reader.TryReadName(out string option, out string? value))
        {
            if (option != "--role")
                return new Invocation.Bad($"api-key: {option}: no such option. {Grammar}");
            if (role is not null)
                return new Invocation.Bad("api-key: --role: given twice. Several roles are separated by commas.");
            role = value ?? reader.ReadValue();
            if (string.IsNullOrEmpty(role))
                return new Invocation.Bad("api-key: --role: a value is missing.");
        }
        if (role is null)
            return new Invocation.Bad("api-key: --role is missing: read, publish, admin, or several separated by commas.");
        return ApiKeyRecord.TryParseRoles(role, out var roles)
            ? Make(ApiKeyAction.Add, file, name, roles)
            : new Invocation.Bad($"api-key: --role: \"{role}\" is refused. It accepts read, publish, admin, or several separated by commas.");
    }

    private static Invocation Make(ApiKeyAction action, string file, string name, ApiRole roles) =>
        ApiKeyRecord.RefuseName(name) is { } reason ? new Invocation.Bad($"api-key: {reason}") : new Invocation.ApiKey(action, file, name, roles);

    private static bool IsPlain(params ReadOnlySpan<string> values)
    {
        foreach (string value in values)
        {
            if (value.Length == 0 || value.StartsWith("--", StringComparison.Ordinal))
                return false;
        }
        return true;
    }
}
