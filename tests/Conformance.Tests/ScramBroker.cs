using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests;

/// <summary>A broker with both methods of SCRAM and three users, for the tests of a class. Skips them where a foreign broker is under test.</summary>
public sealed class ScramBroker : IAsyncLifetime
{
    public const string Sha256 = "SCRAM-SHA-256";
    public const string Sha512 = "SCRAM-SHA-512";

    /// <summary>Of every user.</summary>
    public const string Password = "right, = ü";

    /// <summary>Hashed for <see cref="Sha512"/>.</summary>
    public const string Ann = "ann";

    /// <summary>Hashed for <see cref="Sha512"/>, with what SCRAM escapes in its name.</summary>
    public const string Odd = "o=d,d ü";

    /// <summary>Hashed for <see cref="Sha256"/>.</summary>
    public const string Bob = "bob";

    private DirectoryInfo? _folder;
    private BrokerProcess? _process;

    public Endpoint Endpoint
    {
        get
        {
            Assert.SkipWhen(_process is null, "the test sets options of this broker");
            return TestTransport.Of(_process);
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (BrokerProcess.IsForeign)
            return;
        _folder = Directory.CreateTempSubdirectory("conformance-");
        var users = Path.Combine(_folder.FullName, "users");
        var rules = Path.Combine(_folder.FullName, "rules");
        await AddAsync(users, Ann, "sha512");
        await AddAsync(users, Odd, "sha512");
        await AddAsync(users, Bob, "sha256");
        await File.WriteAllTextAsync(rules, "allow all all open/#\nallow all all users/%u/#\ndefault deny\n");
        _process = await BrokerProcess.StartAsync([
            .. TestTransport.Settings,
            $"Broker:Authentication:PasswordFile={users}",
            $"Broker:Authentication:Methods={Sha512};{Sha256}",
            $"Broker:Authorization:File={rules}",
            $"Broker:Timing:ConnectTimeout={BrokerFixture.ConnectTimeout}",
            "Broker:Limits:MaxAuthenticationDataBytes=1000",
        ]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder?.Delete(recursive: true);
    }

    /// <summary>Sends CONNECT with the method and SCRAM's first message.</summary>
    public async Task<RawClient> BeginAsync(ScramClient scram, ConnectRequest? request = null)
    {
        var client = await RawClient.OpenAsync(Endpoint, MqttVersion.V50);
        await client.SendAsync(With(request, scram.Method, scram.First()).ToBytes());
        return client;
    }

    /// <summary>A client that has proved its password.</summary>
    public async Task<RawClient> ConnectAsync(ScramClient scram, ConnectRequest? request = null)
    {
        var client = await BeginAsync(scram, request);
        await AnswerAsync(client, scram);
        var connAck = (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V50);
        Assert.Equal(Reason.Success, connAck.ReasonCode);
        return client;
    }

    public Task<RawClient> ConnectAsync() => ConnectAsync(Of(Ann));

    public static ScramClient Of(string user, string method = Sha512, string password = Password) => new(method, user, password);

    /// <summary>The broker asks, the client answers.</summary>
    public static async Task AnswerAsync(RawClient client, ScramClient scram) =>
        await client.SendAsync(Packet.Auth(Reason.ContinueAuthentication, scram.Method, scram.Final(await ExpectChallengeAsync(client, scram.Method))));

    /// <summary>AUTH 0x18 with the method's name; its data.</summary>
    public static async Task<byte[]> ExpectChallengeAsync(RawClient client, string method)
    {
        var auth = (await client.ExpectAsync(PacketType.Auth)).ToAuth();
        Assert.Equal((Reason.ContinueAuthentication, method), (auth.ReasonCode, auth.Method));
        return auth.Data!;
    }

    /// <summary>CONNACK with this reason, then the end.</summary>
    public static async Task ExpectRefusedAsync(RawClient client, byte reason)
    {
        var connAck = (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V50);
        Assert.Equal((reason, false), (connAck.ReasonCode, connAck.SessionPresent));
        Assert.Null(await client.ExpectClosedAsync());
    }

    public static ConnectRequest With(ConnectRequest? request, string method, byte[]? data)
    {
        request ??= new ConnectRequest(MqttVersion.V50, Unique.ClientId());
        byte[][] properties = data is null
            ? [Property.Utf8(PropertyId.AuthenticationMethod, method)]
            : [Property.Utf8(PropertyId.AuthenticationMethod, method), Property.Binary(PropertyId.AuthenticationData, data)];
        return request with { Properties = [.. request.Properties, .. properties] };
    }

    private static async Task AddAsync(string users, string user, string algorithm)
    {
        var result = await ExternalTool.RunAsync(
            "sh", "-c", $"echo '{Password}' | '{BrokerProcess.ProgramPath()}' password --file '{users}' --user '{user}' --algorithm {algorithm} --iterations 4096");
        result.EnsureSuccess();
    }
}
