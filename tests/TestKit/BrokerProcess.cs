namespace OrleansBroker.TestKit;

/// <summary>
/// The real program in a process and a folder of its own, on ports of its own.
/// With <c>BROKER_LOGS=FOLDER</c> in the environment each leaves its log there.
/// With <c>BROKER_UNDER_TEST=host:port</c> in the environment nothing is started and the tests meet that broker, over the transport that they choose.
/// </summary>
public sealed class BrokerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly ExternalTool? _tool;
    private readonly string? _folder;
    private readonly Endpoint? _tcp;

    private BrokerProcess(ExternalTool? tool, string? folder, IReadOnlyDictionary<string, string> ready)
    {
        _tool = tool;
        _folder = folder;
        _tcp = ready.TryGetValue("tcp", out var tcp) ? Endpoint.Parse(tcp.Split(';')[0]) : null;
        WebSocket = ready.TryGetValue("websocket", out var webSocket) ? Endpoint.Parse(webSocket.Split(';')[0], TransportKind.WebSocket) : null;
        Http = ready.TryGetValue("http", out var http) ? Endpoint.Parse(http) : null;
        Ready = ready;
    }

    /// <summary>A broker that this class did not start: options cannot be set and it cannot be stopped.</summary>
    public static bool IsForeign => ForeignAddress is not null;

    public Endpoint Tcp => _tcp ?? throw new InvalidOperationException("this node serves no MQTT over TCP");

    public Endpoint? WebSocket { get; }

    public Endpoint? Http { get; }

    /// <summary>All that the ready line says.</summary>
    public IReadOnlyDictionary<string, string> Ready { get; }

    public int ProcessId => Own.ProcessId;

    public string Output => Own.Output;

    public string Errors => Own.Errors;

    private static string? ForeignAddress =>
        Environment.GetEnvironmentVariable("BROKER_UNDER_TEST") is { Length: > 0 } address ? address : null;

    private ExternalTool Own => _tool ?? throw new InvalidOperationException("this broker was not started here");

    /// <summary>Starts the program and waits until it serves.</summary>
    /// <param name="settings">Such as <c>Broker:Timing:ConnectTimeout=00:00:02</c>; they win over the ones set here.</param>
    public static Task<BrokerProcess> StartAsync(params IReadOnlyList<string> settings) => StartByAsync([], settings);

    /// <inheritdoc cref="StartAsync"/>
    /// <param name="command">Runs the program whose path and arguments are appended to it, in its own place.</param>
    public static async Task<BrokerProcess> StartByAsync(IReadOnlyList<string> command, IReadOnlyList<string> settings)
    {
        if (ForeignAddress is { } address)
            return new BrokerProcess(tool: null, folder: null, new Dictionary<string, string> { ["tcp"] = address, ["websocket"] = address });

        var folder = Directory.CreateTempSubdirectory("orleans-broker-").FullName;
        string[] all = [.. command, ProgramPath(), .. Arguments(folder, settings)];
        var tool = ExternalTool.Start(folder, all[0], all[1..]);
        try
        {
            var line = await tool.WaitForLineAsync("ready ", StartTimeout);
            var ready = line.Split(' ').Skip(1).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
            return new BrokerProcess(tool, folder, ready);
        }
        catch
        {
            await tool.DisposeAsync();
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>The program built beside the tests: their own configuration, unless BROKER_CONFIGURATION names one.</summary>
    public static string ProgramPath()
    {
        // artifacts/bin/X.Tests/<configuration>/ → artifacts/bin/Silo/<configuration>/
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var name = Environment.GetEnvironmentVariable("BROKER_CONFIGURATION") is { Length: > 0 } named
            ? named.ToLowerInvariant()
            : own.Name;
        var path = Path.Combine(own.Parent!.Parent!.FullName, "Silo", name, "orleans-broker");
        return File.Exists(path) ? path : throw new FileNotFoundException("build src/Silo first", path);
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await Own.SignalAsync("TERM");
        return (await Own.WaitAsync(TimeSpan.FromSeconds(20))).ExitCode;
    }

    /// <summary>The exit code of a process that ends by itself.</summary>
    public async Task<int> WaitForEndAsync() => (await Own.WaitAsync()).ExitCode;

    /// <summary>Such as STOP and CONT.</summary>
    public Task SignalAsync(string signal) => Own.SignalAsync(signal);

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        await Own.SignalAsync("KILL");
        await Own.WaitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_tool is null)
            return;
        await _tool.DisposeAsync();
        Directory.Delete(_folder!, recursive: true);
        if (Environment.GetEnvironmentVariable("BROKER_LOGS") is not { Length: > 0 } logs) return;
        await File.WriteAllTextAsync(Path.Combine(logs, $"{Ready.GetValueOrDefault("node")?.Replace(':', '_')}.log"), Errors);
    }

    private static IEnumerable<string> Arguments(string folder, IReadOnlyList<string> settings)
    {
        var values = new Dictionary<string, string>
        {
            ["Broker:Listeners:Tcp"] = "127.0.0.1:0",
            ["Broker:Listeners:WebSocket"] = "127.0.0.1:0",
            ["Broker:Http:Listen"] = "127.0.0.1:0",
            ["Broker:Cluster:SiloPort"] = "0",
            ["Broker:Storage:Path"] = Path.Combine(folder, "data"),
        };
        foreach (var setting in settings.Select(setting => setting.Split('=', 2)))
            values[setting[0]] = setting[1];
        return values.Select(value => $"--{value.Key}={value.Value}");
    }
}
