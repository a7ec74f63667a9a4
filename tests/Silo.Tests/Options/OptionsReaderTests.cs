using Microsoft.Extensions.Configuration;
using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Silo.Options;

namespace OrleansBroker.Silo.Tests.Options;

public sealed class OptionsReaderTests
{
    [Fact]
    public void Read_Nothing_IsTheDefaults()
    {
        var (options, problems) = Read();

        Assert.Empty(problems);
        Assert.Equal(new LimitsOptions(), options.Limits);
        Assert.Equal(new TimingOptions(), options.Timing);
        Assert.Equal("127.0.0.1:1883", Assert.Single(options.Listeners.Tcp).ToString());
    }

    [Fact]
    public void Read_EachKindOfValue_IsTaken()
    {
        var (options, problems) = Read(
            "Broker:Roles=core, gateway", "Broker:Listeners:Tcp= 127.0.0.1:1 ;[::1]:2; ", "Broker:Http:Listen=", "Broker:AllowAnonymous=true", "Broker:Cluster:Address=::1",
            "Broker:Storage:Path=/x y", "broker:limits:maxinflight=7", "Broker:Limits:MaxPacketSize=4MiB", "Broker:Limits:QueuePolicy=refuse", "Broker:Limits:QueueQoS0=True",
            "Broker:Timing:ConnectTimeout=250ms", "Broker:Limits:MaxSessionExpiry=1h");

        Assert.Empty(problems);
        Assert.Equal(NodeRoles.Gateway | NodeRoles.Core, options.Roles);
        Assert.Equal("127.0.0.1:1 [::1]:2", string.Join(' ', options.Listeners.Tcp));
        Assert.Empty(options.Http.Listen);
        Assert.Equal(AnonymousAccess.True, options.AllowAnonymous);
        Assert.Equal(System.Net.IPAddress.IPv6Loopback, options.Cluster.Address);
        Assert.Equal("/x y", options.Storage.Path);
        Assert.Equal((7, 4 * 1024 * 1024, QueuePolicy.Refuse, true), (options.Limits.MaxInflight, options.Limits.MaxPacketSize, options.Limits.QueuePolicy, options.Limits.QueueQoS0));
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.Timing.ConnectTimeout);
        Assert.Equal(TimeSpan.FromHours(1), options.Limits.MaxSessionExpiry);
    }

    [Theory]
    [InlineData("Broker:Limits:MaxInflight=0", "1 to 65535 (messages)")]
    [InlineData("Broker:Limits:MaxInflight=65536", "1 to 65535")]
    [InlineData("Broker:Limits:MaxInflight=", "1 to 65535")]
    [InlineData("Broker:Limits:MaxInflight=many", "1 to 65535")]
    [InlineData("Broker:Limits:MaxPacketSize=257MiB", "1KiB to 268435460 (bytes)")]
    [InlineData("Broker:Limits:MaxSessionExpiry=1500ms", "whole seconds")]
    [InlineData("Broker:Limits:QueuePolicy=1", "DropOldest, DropNewest, Refuse")]
    [InlineData("Broker:Limits:QueueQoS0=yes", "true, false")]
    [InlineData("Broker:Timing:InboxSlice=101ms", "10us to 100ms")]
    [InlineData("Broker:Roles=None", "Gateway, Core")]
    [InlineData("Broker:Roles=Gateway,", "Gateway, Core")]
    [InlineData("Broker:Listeners:Tcp=127.0.0.1", "ADDRESS:PORT")]
    [InlineData("Broker:Listeners:WebSocketOrigins=a.example", "SCHEME://HOST")]
    [InlineData("Broker:Listeners:WebSocketOrigins=https://a.example/", "SCHEME://HOST")]
    [InlineData("Broker:Listeners:WebSocketOrigins=https://a.example;https://b@c.example", "SCHEME://HOST")]
    [InlineData("Broker:Listeners:WebSocketOrigins=https://", "SCHEME://HOST")]
    [InlineData("Broker:Cluster:Address=example", "numeric")]
    [InlineData("Broker:Cluster:Id= ", "a name")]
    public void Read_BadValue_NamesKeyValueAndWhatIsAccepted(string pair, string accepts)
    {
        string problem = Assert.Single(Read(pair).Problems);

        string[] parts = pair.Split('=');
        Assert.StartsWith($"{parts[0]}: \"{parts[1]}\" is refused. It accepts ", problem, StringComparison.Ordinal);
        Assert.Contains(accepts, problem, StringComparison.Ordinal);
        Assert.Contains(" Default: ", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(TcpTransport.Auto), false, false)]
    [InlineData(nameof(TcpTransport.Kestrel), false, false)]
    [InlineData(nameof(TcpTransport.Epoll), true, false)]
    [InlineData(nameof(TcpTransport.Epoll), false, true)]
    public void Check_EpollOnAnotherSystem_IsRefusedWithWhatThereIs(string transport, bool isLinux, bool isRefused)
    {
        var problems = OptionsRules.NotHere(new BrokerOptions { Listeners = new() { TcpTransport = Enum.Parse<TcpTransport>(transport) } }, isLinux);

        Assert.Equal(
            isRefused ? ["Broker:Listeners:TcpTransport: Epoll is Linux' own, and this system is another. It accepts Auto, Kestrel. Default: Auto."] : Array.Empty<string>(), problems);
    }

    [Theory]
    [InlineData("Auto", true)]
    [InlineData("Epoll", true)]
    [InlineData("Kestrel", false)]
    public void Read_TcpTransport_OnLinuxIsEpollUnlessKestrelIsAsked(string value, bool usesEpoll)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux only");

        Assert.Equal(usesEpoll, Read($"Broker:Listeners:TcpTransport={value}").Options.Listeners.UsesEpoll);
        Assert.True(Read().Options.Listeners.UsesEpoll);
    }

    [Theory]
    [InlineData("Broker:Limits:MaxInflght=1", "Broker:Limits:MaxInflight")]
    [InlineData("Broker:Lisners:Tcp=1", "Broker:Listeners:Tcp")]
    [InlineData("Broker:Nothing=", "Broker:Roles")]
    public void Read_UnknownKey_NamesTheNearest(string pair, string nearest)
    {
        string problem = Assert.Single(Read(pair).Problems);

        Assert.StartsWith(pair.Split('=')[0] + ": no such option.", problem, StringComparison.Ordinal);
        if (!pair.EndsWith('='))
            Assert.Contains($"The nearest is {nearest};", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ListOfJson_SaysHowListsAreWritten() =>
        Assert.Contains("separated by ';'", Assert.Single(Read("Broker:Listeners:Tcp:0=127.0.0.1:1883").Problems), StringComparison.Ordinal);

    [Fact]
    public void Read_SeveralProblems_NamesAll() => Assert.Equal(2, Read("Broker:Limits:MaxInflight=0", "Broker:Limits:MaxQoS=3").Problems.Count);

    [Theory]
    [InlineData("Broker:Storage:Provider=Postgres", "Broker:Storage:ConnectionString")]
    [InlineData("Broker:Storage:Provider=AzureTables", "Broker:Storage:ConnectionString")]
    [InlineData("Broker:Roles=Gateway", "Broker:Roles")]
    [InlineData("Broker:Roles=Core", "Broker:Roles")]
    [InlineData("Broker:Listeners:Tls=127.0.0.1:8883", "Broker:Listeners:Tls")]
    [InlineData("Broker:Listeners:SecureWebSocket=127.0.0.1:8084", "Broker:Listeners:SecureWebSocket")]
    [InlineData("Broker:Listeners:Tcp=127.0.0.1:1883;0.0.0.0:1884", "Broker:Listeners:Tcp")]
    [InlineData("Broker:Listeners:Tcp=*:1883", "Broker:Listeners:Tcp")]
    [InlineData("Broker:Listeners:WebSocket=*:8083", "Broker:Listeners:WebSocket")]
    [InlineData("Broker:Http:Listen=127.0.0.1:8080;0.0.0.0:8081", "Broker:Http:Listen")]
    [InlineData("Broker:Http:Listen=*:8080", "Broker:Http:Listen")]
    [InlineData("Broker:Listeners:Tcp=127.0.0.1:8080", "Broker:Http:Listen")]
    [InlineData("Broker:Listeners:Tcp=127.0.0.1:8083", "Broker:Listeners:WebSocket")]
    [InlineData("Broker:AllowAnonymous=False", "Broker:AllowAnonymous")]
    [InlineData("Broker:Authentication:Methods=SCRAM-SHA-512", "Broker:Authentication:Methods")]
    [InlineData("Broker:Authentication:Methods=SCRAM-SHA-1", "Broker:Authentication:Methods")]
    [InlineData("Broker:Limits:MaxPacketSize=5MiB", "Broker:Limits:MaxPendingBytes")]
    [InlineData("Broker:Limits:MaxPendingBytes=1GiB", "Broker:Limits:MaxGatewayPendingBytes")]
    [InlineData("Broker:Limits:MaxQueuedBytes=1MiB", "Broker:Limits:MaxQueuedBytes")]
    [InlineData("Broker:Timing:LeaseValidity=500ms", "Broker:Timing:LeaseRenewal")]
    public void Read_ValuesThatDoNotFit_NamesTheOption(string pair, string key) =>
        Assert.StartsWith(key + ": ", Assert.Single(Read(pair).Problems), StringComparison.Ordinal);

    [Theory]
    [InlineData("Broker:Storage:Provider", "Broker:Cluster:Provider=Postgres", "Broker:Cluster:ConnectionString=x")]
    [InlineData("Broker:Storage:Provider", "Broker:Cluster:Provider=AzureTables", "Broker:Cluster:ConnectionString=x", "Broker:Storage:Provider=Embedded")]
    [InlineData("Broker:Cluster:ConnectionString", "Broker:Cluster:Provider=Postgres", "Broker:Storage:Provider=Memory")]
    [InlineData("Broker:Cluster:ConnectionString", "Broker:Cluster:Provider=Postgres", "Broker:Storage:Provider=AzureTables", "Broker:Storage:ConnectionString=x")]
    [InlineData("Broker:Cluster:ConnectionString", "Broker:Cluster:Provider=AzureTables", "Broker:Storage:Provider=Postgres", "Broker:Storage:ConnectionString=x")]
    [InlineData("Broker:Cluster:Id", "Broker:Cluster:Provider=AzureTables", "Broker:Storage:Provider=AzureTables", "Broker:Storage:ConnectionString=x", "Broker:Cluster:Id=a/b")]
    [InlineData("Broker:Roles", "Broker:Roles=Core", "Broker:Storage:Provider=Postgres", "Broker:Storage:ConnectionString=x")]
    public void Read_ClusterThatDoesNotFit_NamesTheOption(string key, params string[] pairs) =>
        Assert.StartsWith(key + ": ", Assert.Single(Read(pairs).Problems), StringComparison.Ordinal);

    [Theory]
    [InlineData("storage", "Broker:Cluster:Provider=Postgres", "Broker:Storage:Provider=Postgres", "Broker:Storage:ConnectionString=storage")]
    [InlineData("storage", "Broker:Cluster:Provider=AzureTables", "Broker:Storage:Provider=AzureTables", "Broker:Storage:ConnectionString=storage", "Broker:Roles=Core")]
    [InlineData("own", "Broker:Cluster:Provider=Postgres", "Broker:Storage:Provider=Postgres", "Broker:Storage:ConnectionString=storage", "Broker:Cluster:ConnectionString=own")]
    [InlineData("own", "Broker:Cluster:Provider=Postgres", "Broker:Storage:Provider=AzureTables", "Broker:Storage:ConnectionString=storage", "Broker:Cluster:ConnectionString=own", "Broker:Roles=Gateway")]
    [InlineData("own", "Broker:Cluster:Provider=Postgres", "Broker:Storage:Provider=Memory", "Broker:Cluster:ConnectionString=own", "Broker:Cluster:Id=a/b")]
    public void Read_ClusterThatFits_HasItsConnection(string connection, params string[] pairs)
    {
        var (options, problems) = Read(pairs);

        Assert.Empty(problems);
        Assert.Equal(connection, options.ClusterConnectionString);
    }

    [Fact]
    public void Listeners_OfACoreAlone_AreThoseOfHttp()
    {
        var (options, problems) = Read(
            "Broker:Roles=Core", "Broker:Cluster:Provider=Postgres", "Broker:Storage:Provider=Postgres", "Broker:Storage:ConnectionString=x", "Broker:Listeners:Tcp=0.0.0.0:1883");

        Assert.Empty(problems);
        Assert.Equal([Listener.Http], Listener.All(options).Select(static listener => listener.Name));
    }

    [Theory]
    [InlineData("Broker:Listeners:Tcp=0.0.0.0:1883", "Broker:AllowAnonymous=true")]
    [InlineData("Broker:Listeners:Tcp=0.0.0.0:1883", "Broker:Authentication:PasswordFile=users")]
    [InlineData("Broker:Listeners:Tcp=127.0.0.1:0;127.0.0.1:0", "Broker:Http:Listen=127.0.0.1:0")]
    [InlineData("Broker:Http:Listen=0.0.0.0:8080", "Broker:Http:KeyFile=keys")]
    [InlineData("Broker:Listeners:WebSocket=*:8083", "Broker:AllowAnonymous=true")]
    [InlineData("Broker:Listeners:WebSocket=", "Broker:Listeners:WebSocketOrigins=*")]
    [InlineData("Broker:Listeners:WebSocketOrigins=https://a.example; http://[::1]:81", "Broker:Http:Listen=")]
    [InlineData("Broker:AllowAnonymous=false", "Broker:Authentication:PasswordFile=users")]
    [InlineData("Broker:Authentication:Methods=SCRAM-SHA-512;SCRAM-SHA-256", "Broker:Authentication:PasswordFile=users")]
    public void Read_ValuesThatFit_AreTaken(string first, string second) => Assert.Empty(Read(first, second).Problems);

    [Fact]
    public void Read_Methods_AreAsTheyAreCalled() => Assert.Equal(
        ["SCRAM-SHA-256", "SCRAM-SHA-512"],
        Read("Broker:Authentication:Methods=scram-sha-256; SCRAM-SHA-512;SCRAM-SHA-256;", "Broker:Authentication:PasswordFile=users").Options.Authentication.Methods);

    [Fact]
    public void Read_SecretOfAnotherShape_IsNotRepeated() =>
        Assert.DoesNotContain("hunter2", string.Join('\n', Read("Broker:Storage:ConnectionString:Password=hunter2").Problems), StringComparison.Ordinal);

    private static (BrokerOptions Options, IReadOnlyList<string> Problems) Read(params string[] pairs) => OptionsReader.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(pairs.Select(pair => pair.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1])))
        .Build());
}
