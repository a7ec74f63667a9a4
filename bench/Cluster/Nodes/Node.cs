using System.Globalization;
using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Nodes;

/// <summary>The program in a process and a folder of its own.</summary>
internal sealed class Node : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(120);

    private readonly ExternalTool _tool;
    private readonly string _folder;

    private Node(ExternalTool tool, string folder, NodeRole role, bool isBehindLink)
    {
        _tool = tool;
        _folder = folder;
        Role = role;
        IsBehindLink = isBehindLink;
    }

    public NodeRole Role { get; }

    public bool IsBehindLink { get; }

    public Endpoint? Tcp { get; private set; }

    /// <summary>It is being ended: its clients' connections go with it.</summary>
    public bool IsEnding { get; set; }

    public string Name => $"{Role}-{_tool.ProcessId.ToString(CultureInfo.InvariantCulture)}";

    public string Errors => _tool.Errors;

    /// <summary>Serves on return.</summary>
    /// <param name="link">The network that it lives in, or null.</param>
    public static async Task<Node> StartAsync(NodeRole role, IEnumerable<string> settings, CuttableLink? link)
    {
        var folder = Directory.CreateTempSubdirectory("orleans-broker-").FullName;
        string[] arguments =
        [
            "--Broker:Listeners:Tcp=127.0.0.1:0", "--Broker:Listeners:WebSocket=", "--Broker:Http:Listen=127.0.0.1:0", "--Broker:Cluster:SiloPort=0", $"--Broker:Roles={role}",
            .. settings.Select(static setting => "--" + setting),
        ];
        var tool = link is null
            ? ExternalTool.Start(folder, BrokerProcess.ProgramPath(), arguments)
            : ExternalTool.Start(folder, "ip", ["netns", "exec", link.Namespace, BrokerProcess.ProgramPath(), .. arguments]);
        var node = new Node(tool, folder, role, link is not null);
        var ready = await tool.WaitForLineAsync("ready ", StartTimeout);
        if (ready.Split(' ').FirstOrDefault(static word => word.StartsWith("tcp=", StringComparison.Ordinal)) is { } tcp) node.Tcp = Endpoint.Parse(tcp["tcp=".Length..]);
        return node;
    }

    public Task SignalAsync(string signal) => _tool.SignalAsync(signal);

    public Task EndedAsync() => _tool.WaitAsync(StopTimeout);

    public async Task SaveLogAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, Name + ".log"), _tool.Output + _tool.Errors);
    }

    public async ValueTask DisposeAsync()
    {
        await _tool.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
