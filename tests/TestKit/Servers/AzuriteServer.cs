using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OrleansBroker.TestKit.Servers;

/// <summary>Azure's table service as npm has it, in a folder and on a port of its own.</summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("orleans-broker-azurite-").FullName;
    private readonly int _port = FreePort.Next();
    private ExternalTool? _process;
    private int _tables;

    private AzuriteServer()
    {
    }

    public static async Task<AzuriteServer> CreateAsync()
    {
        var server = new AzuriteServer();
        await server.StartAsync();
        return server;
    }

    /// <summary>With the account and key that every such server has.</summary>
    /// <param name="port">Another way to the server, such as a <see cref="TcpProxy"/>.</param>
    public string ConnectionString(int? port = null) =>
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
        + $"TableEndpoint=http://127.0.0.1:{port ?? _port}/devstoreaccount1;";

    public string NewTableName() => "broker" + Interlocked.Increment(ref _tables).ToString(CultureInfo.InvariantCulture);

    public async Task StartAsync()
    {
        var program = Repository.PathOf("tests", "TestKit", "Servers", "azurite", "node_modules", "azurite", "dist", "src", "table", "main.js");
        var process = ExternalTool.Start(
            _folder, "node", program, "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--location", _folder, "--tableHost", "127.0.0.1", "--tablePort", _port.ToString(CultureInfo.InvariantCulture));
        _process = process;
        var ended = process.WaitAsync(Patience);
        while (!await IsListeningAsync())
        {
            if (ended.IsCompleted) throw new InvalidOperationException("Azurite does not serve: " + process.Errors);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        _ = ended.ContinueWith(static task => task.Exception, TaskScheduler.Default);
    }

    /// <summary>In an orderly way: it writes what it has every few seconds only.</summary>
    public async Task StopAsync()
    {
        if (_process is null) return;
        await _process.SignalAsync("INT");
        await _process.WaitAsync(Patience);
        await _process.DisposeAsync();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> IsListeningAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
