using System.Security.Cryptography;
using OrleansBroker.Api.Frame;

namespace OrleansBroker.Silo.CommandLine;

/// <summary>What a command line asks for.</summary>
internal abstract record Invocation
{
    /// <summary><c>--help</c>.</summary>
    internal sealed record Help : Invocation;

    /// <summary><c>--version</c>.</summary>
    internal sealed record Version : Invocation;

    /// <summary>Run the broker.</summary>
    /// <param name="ConfigFile"><c>--config FILE</c>, as it was written.</param>
    /// <param name="Values"><c>--Broker:Key=Value</c> and <c>--Logging:Key=Value</c>.</param>
    internal sealed record Serve(string? ConfigFile, IReadOnlyDictionary<string, string?> Values) : Invocation;

    /// <summary><c>password --file FILE --user NAME</c>.</summary>
    internal sealed record Password(string File, string User, bool Delete, int? Iterations, HashAlgorithmName Algorithm) : Invocation;

    /// <summary><c>checkpoint --to FOLDER --path PATH</c>.</summary>
    internal sealed record Checkpoint(string StorePath, string Folder) : Invocation;

    /// <summary><c>api-key add FILE NAME --role ROLE</c>, <c>api-key remove FILE NAME</c>, <c>api-key list FILE</c>.</summary>
    /// <param name="Name">Empty for the list.</param>
    /// <param name="Roles">Of a key to be added.</param>
    internal sealed record ApiKey(ApiKeyAction Action, string File, string Name, ApiRole Roles) : Invocation;

    /// <summary>Not understood; the reason is for the operator.</summary>
    internal sealed record Bad(string Reason) : Invocation;
}
