using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Documentation;

/// <summary>npm's tools of the folder <c>node</c>; <c>npm ci</c> there comes first.</summary>
internal static class NodeTools
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static string Folder { get; } = Repository.PathOf("tests", "Api.Tests", "node");

    /// <summary>Runs a tool of node_modules.</summary>
    public static Task<ToolResult> RunAsync(string tool, params IReadOnlyList<string> arguments) =>
        NodeAsync([Path.Combine("node_modules", ".bin", tool), .. arguments]);

    /// <summary>Runs a script.</summary>
    public static async Task<ToolResult> NodeAsync(params IReadOnlyList<string> arguments)
    {
        await using var run = ExternalTool.Start(Folder, "node", arguments);
        return await run.WaitAsync(Patience);
    }
}
