using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OrleansBroker.Silo.Tests;

public sealed class ProgramTests : IAsyncLifetime
{
    private static readonly string[] OwnPorts =
        ["--Broker:Listeners:Tcp=127.0.0.1:0", "--Broker:Listeners:WebSocket=127.0.0.1:0", "--Broker:Http:Listen=127.0.0.1:0", "--Broker:Cluster:SiloPort=0"];

    // 3.1.1, Clean Session, no client id.
    private static readonly byte[] ConnectBytes = [0x10, 12, 0, 4, 0x4D, 0x51, 0x54, 0x54, 4, 2, 0, 0, 0, 0];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("orleans-broker-");
    private readonly Dictionary<string, string> _environment = [];
    private ProgramRun? _run;

    [Fact]
    public async Task Help_Asked_ListsOptionsAndEndsWith0()
    {
        var (exitCode, output, errors) = await Run("--help").EndAsync();

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains("Broker:Limits:MaxInflight=1000", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_Asked_IsOneLine()
    {
        var (exitCode, output, _) = await Run("--version").EndAsync();

        Assert.Equal(0, exitCode);
        Assert.Matches(@"^orleans-broker \d+\.\d+\.\d+[^\n]*\n$", output);
    }

    [Fact]
    public async Task Serve_Started_IsReadyAnswersAndEndsWith0OnSigterm()
    {
        var run = Run(OwnPorts);
        var ready = await run.ReadyAsync();
        using var http = new HttpClient { BaseAddress = new($"http://{ready["http"]}") };

        Assert.Equal(["tcp", "websocket", "http", "node"], ready.Keys);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/health/live", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        using (var client = new TcpClient())
            await client.ConnectAsync(IPEndPoint.Parse(ready["tcp"]), TestContext.Current.CancellationToken);
        await run.TerminateAsync();
        var (exitCode, output, errors) = await run.EndAsync();

        Assert.Equal(0, exitCode);
        Assert.Equal("", output);
        // The level's word, as it stands in a line of the log.
        Assert.DoesNotContain(" error ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain(" critical ", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Kestrel")]
    [InlineData("Epoll")]
    [InlineData("Auto")]
    public async Task Serve_TcpAlone_ServesItAndEndsWith0OnSigterm(string transport)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || transport != "Epoll", "Linux only");
        string[] options =
        [
            "--Broker:Listeners:Tcp=127.0.0.1:0;[::1]:0", "--Broker:Listeners:WebSocket=", "--Broker:Http:Listen=", "--Broker:Cluster:SiloPort=0",
            $"--Broker:Listeners:TcpTransport={transport}",
        ];
        var run = Run(options);
        var ready = await run.ReadyAsync();

        Assert.Equal(["tcp", "node"], ready.Keys);
        foreach (var address in ready["tcp"].Split(';'))
        {
            using var client = new TcpClient(AddressFamily.InterNetworkV6) { Client = { DualMode = true } };
            await client.ConnectAsync(IPEndPoint.Parse(address), TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(ConnectBytes, TestContext.Current.CancellationToken);
            var connAck = new byte[4];
            await client.GetStream().ReadExactlyAsync(connAck, TestContext.Current.CancellationToken);
            Assert.Equal([0x20, 2, 0, 0], connAck);
        }

        await run.TerminateAsync();
        var (exitCode, _, errors) = await run.EndAsync();
        Assert.Equal(0, exitCode);
        // Orleans may say that the last word of a session that ended at this moment came too late.
        Assert.DoesNotContain(" critical ", errors, StringComparison.Ordinal);
    }

    /// <summary>More clients than descriptors: the others wait in the backlog, and are served as descriptors come back.</summary>
    [Fact]
    public async Task Serve_NoDescriptorsLeft_GoesOnWhenThereAreSome()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux only");
        var run = Run("--Broker:Listeners:Tcp=127.0.0.1:0", "--Broker:Listeners:WebSocket=", "--Broker:Http:Listen=", "--Broker:Cluster:SiloPort=0");
        var address = IPEndPoint.Parse((await run.ReadyAsync())["tcp"]);
        // The first connection has the runtime load code, which takes descriptors too.
        (await ConnectAsync(address)).Dispose();
        var inUse = Directory.GetFiles($"/proc/{run.ProcessId}/fd").Length;
        // 64 are the listener's reserve. Half of the clients find room: fewer than that the program may still come to need for itself.
        await PrlimitAsync($"--pid={run.ProcessId}", $"--nofile={inUse + 20 + 64}:");

        var waiting = new List<Task<TcpClient>>();
        for (var i = 0; i < 40; i++)
            waiting.Add(ConnectAsync(address));
        for (; waiting.Count > 0; waiting.RemoveAll(client => client.IsCompleted))
        {
            await Task.WhenAny(waiting).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            foreach (var client in waiting.Where(client => client.IsCompleted).ToArray())
                (await client).Dispose();
        }

        await run.TerminateAsync();
        var (exitCode, _, errors) = await run.EndAsync();
        Assert.Equal(0, exitCode);
        var needs = Regex.Count(errors, "no connection can be accepted reason=NoDescriptors");
        var ends = Regex.Matches(errors, "connections are accepted again afterMilliseconds=([0-9]+) attempts=([0-9]+)").ToArray();
        // Once in 10 s, whatever comes and goes.
        Assert.InRange(needs, 1, 7);
        Assert.InRange(ends.Length, Math.Max(needs - 1, 1), needs);
        // It rests for 100 ms between attempts.
        Assert.All(ends, end => Assert.InRange(Number(end, 2), 1, (Number(end, 1) / 100) + 1));
    }

    [Theory]
    [InlineData("/", "GET", 404)]
    [InlineData("/health/ready", "DELETE", 405)]
    public async Task Http_AnythingElse_IsAProblem(string path, string method, int status)
    {
        var ready = await Run(OwnPorts).ReadyAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(new(method), new Uri($"http://{ready["http"]}{path}"));
        request.Headers.Add("Accept", "text/html");

        var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Serve_SeveralAddresses_NamesAllInOrder()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "IPv6 is off on this machine.");

        var ready = await Run(
            "--Broker:Listeners:Tcp=127.0.0.1:0;[::1]:0", "--Broker:Listeners:WebSocket=", "--Broker:Http:Listen=", "--Broker:Cluster:SiloPort=0").ReadyAsync();

        Assert.Matches(@"^127\.0\.0\.1:[1-9]\d*;\[::1\]:[1-9]\d*$", ready["tcp"]);
        Assert.Equal(["tcp", "node"], ready.Keys);
        foreach (string address in ready["tcp"].Split(';'))
        {
            using var client = new TcpClient(IPEndPoint.Parse(address).AddressFamily);
            await client.ConnectAsync(IPEndPoint.Parse(address), TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("Broker:Listeners:Tcp")]
    [InlineData("Broker:Listeners:WebSocket")]
    [InlineData("Broker:Http:Listen")]
    public async Task Serve_PortInUse_NamesTheOptionAndEndsWith1(string key)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var (exitCode, output, errors) = await Run([.. OwnPorts.Where(argument => !argument.Contains(key, StringComparison.Ordinal)), $"--{key}={other.LocalEndpoint}"]).EndAsync();

        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith($"orleans-broker: {key}: cannot listen on {other.LocalEndpoint}: ", errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    /// <summary>Linux binds both as long as nobody listens: the second fails when nearly everything has started, and that is all that is said.</summary>
    [Fact]
    public async Task Serve_OneAddressWithinAnother_NamesTheOptionAloneAndEndsWith1()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux only");
        // Bound as long as the program runs, and not listening: nobody else is given the port.
        using var port = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        port.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var number = ((IPEndPoint)port.LocalEndPoint!).Port;

        var (exitCode, output, errors) = await Run(
            $"--Broker:Listeners:Tcp=127.0.0.1:{number}", $"--Broker:Listeners:WebSocket=0.0.0.0:{number}", "--Broker:Http:Listen=", "--Broker:Cluster:SiloPort=0", "--Broker:AllowAnonymous=true")
            .EndAsync();

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Matches($@"orleans-broker: Broker:Listeners:(Tcp|WebSocket): cannot listen on [0-9.]+:{number}: [^\n]*\n$", errors);
        Assert.DoesNotContain(" critical ", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Broker:Limits:MaxInflight=0", "Broker:Limits:MaxInflight")]
    [InlineData("--Broker:Limits:MaxInfligth=1", "Broker:Limits:MaxInflight")]
    [InlineData("--Logging:LogLevel:Default=Loud", "Logging:LogLevel:Default")]
    [InlineData("--bogus", "--bogus")]
    [InlineData("--config=absent.json", "absent.json")]
    [InlineData("--Broker:Authentication:PasswordFile=absent", "Broker:Authentication:PasswordFile: absent")]
    [InlineData("--Broker:Authorization:File=absent", "Broker:Authorization:File: absent")]
    public async Task Serve_BadOption_NamesItAndEndsWith2(string argument, string named)
    {
        var (exitCode, output, errors) = await Run([.. OwnPorts, argument]).EndAsync();

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains(named, errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("{ \"Brokr\": { \"Roles\": \"Core\" } }", "\"Brokr\": no such section")]
    [InlineData("{ \"Broker\": ", "not usable JSON")]
    [InlineData("{ \"Broker\": { \"Limits\": { \"MaxQoS\": 3 } } }", "Broker:Limits:MaxQoS")]
    public async Task Serve_BadConfigFile_SaysWhatAndEndsWith2(string json, string reason)
    {
        Write("broker.json", json);

        var (exitCode, _, errors) = await Run([.. OwnPorts, "--config", "broker.json"]).EndAsync();

        Assert.Equal(2, exitCode);
        Assert.Contains(reason, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_FileEnvironmentAndCommandLine_LaterOnesWin()
    {
        Write("broker.json", """{ "Broker": { "Limits": { "MaxQoS": 7, "MaxInflight": 0 }, "Cluster": { "Shards": 0 } } }""");
        _environment["Broker__Limits__MaxQoS"] = "8";
        _environment["Broker__Limits__MaxInflight"] = "70000";

        var (_, _, errors) = await Run([.. OwnPorts, "--config", "broker.json", "--Broker:Limits:MaxQoS=9"]).EndAsync();

        Assert.Contains("Broker:Limits:MaxQoS: \"9\"", errors, StringComparison.Ordinal);
        Assert.Contains("Broker:Limits:MaxInflight: \"70000\"", errors, StringComparison.Ordinal);
        Assert.Contains("Broker:Cluster:Shards: \"0\"", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_FromStandardInput_IsWrittenBesideWhereItStarted()
    {
        var run = Run("password", "--file", "users", "--user", "ann", "--iterations", "1000");
        run.WriteInput("secret\n");

        Assert.Equal((0, "added ann\n", ""), await run.EndAsync());

        Assert.StartsWith("ann:pbkdf2-sha512:1000:", File.ReadAllText(Path.Combine(_folder.FullName, "users")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_EmptyInput_EndsWith2()
    {
        var run = Run("password", "--file", "users", "--user", "ann");
        run.WriteInput("");

        Assert.Equal(2, (await run.EndAsync()).ExitCode);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_run is not null)
            await _run.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private static async Task PrlimitAsync(params string[] arguments)
    {
        using var prlimit = Process.Start("prlimit", arguments);
        await prlimit.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, prlimit.ExitCode);
    }

    /// <summary>Ends with CONNACK.</summary>
    private static async Task<TcpClient> ConnectAsync(IPEndPoint address)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(ConnectBytes, TestContext.Current.CancellationToken);
        var connAck = new byte[4];
        await client.GetStream().ReadExactlyAsync(connAck, TestContext.Current.CancellationToken);
        Assert.Equal([0x20, 2, 0, 0], connAck);
        return client;
    }

    private ProgramRun Run(params string[] arguments) => _run = ProgramRun.Start(_folder.FullName, _environment, arguments);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.FullName, name), text);
}
