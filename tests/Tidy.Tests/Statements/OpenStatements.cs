namespace OrleansBroker.Tidy.Tests.Statements;

/// <summary>Statements that bind the server and are not proved yet. A line goes when its proof comes; at the end there is none.</summary>
internal static class OpenStatements
{
    public static readonly string[] WithoutCode = [];

    public static readonly string[] WithoutTest =
    [
    ];
}
