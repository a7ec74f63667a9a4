using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OrleansBroker.Api.Frame;
using OrleansBroker.Api.Frame.Access;

namespace OrleansBroker.Api.Tests.Frame;

/// <summary>Who may ask what.</summary>
public sealed class AccessTests
{
    private static readonly string Reader = ApiKey.Create();
    private static readonly string Publisher = ApiKey.Create();
    private static readonly string Both = ApiKey.Create();
    private static readonly string Admin = ApiKey.Create();

    private readonly FrameHost.Keys _keys = new(
        Record("reader", ApiRole.Read, Reader), Record("publisher", ApiRole.Publish, Publisher), Record("both", ApiRole.Read | ApiRole.Publish, Both), Record("admin", ApiRole.Admin, Admin));

    [Fact]
    public async Task Role_EachKey_OpensWhatItIsFor()
    {
        await using var host = await StartAsync();
        string?[] keys = [null, Reader, Publisher, Both, Admin];

        Assert.Equal("401 200 403 200 200", await StatusesAsync(host, "/api/v1/read", keys));
        Assert.Equal("401 403 200 200 200", await StatusesAsync(host, "/api/v1/publish", keys));
        Assert.Equal("401 403 403 403 200", await StatusesAsync(host, "/api/v1/admin", keys));
        Assert.Equal("401 200 200 200 200", await StatusesAsync(host, "/api/v1/any", keys));
        Assert.Equal("401 403 403 403 200", await StatusesAsync(host, "/api/v1/unsaid", keys));
        Assert.Equal("401 404 404 404 404", await StatusesAsync(host, "/api/v1/none", keys));
        Assert.Equal("200 200 200 200 200", await StatusesAsync(host, "/open", keys));
    }

    [Fact]
    public async Task Key_WrongMissingOrGone_IsAChallenge()
    {
        await using var host = await StartAsync();

        Assert.Equal("Bearer realm=\"orleans-broker\"", (await host.Api.GetAsync("/api/v1/read")).Headers["WWW-Authenticate"]);
        foreach (string wrong in (string[])[Reader[..^1], Reader + "A", Reader.ToUpperInvariant(), ApiKey.Create(), "x", new string('a', 10_000)])
        {
            var answer = await host.Api.GetAsync("/api/v1/read", wrong);
            Assert.Equal((401, "unauthorized", "Bearer realm=\"orleans-broker\", error=\"invalid_token\""), (answer.Status, answer.Code, answer.Headers["WWW-Authenticate"]));
            Assert.DoesNotContain(wrong, answer.Body, StringComparison.Ordinal);
        }
        foreach (string header in (string[])[$"Basic {Reader}", Reader, "Bearer", ""])
            Assert.Equal(401, (await host.Api.SendAsync(HttpMethod.Get, "/api/v1/read", prepare: request => request.Headers.TryAddWithoutValidation("Authorization", header))).Status);

        Assert.Equal(200, (await host.Api.SendAsync(HttpMethod.Get, "/api/v1/read", prepare: request => request.Headers.TryAddWithoutValidation("Authorization", $"bearer {Reader}"))).Status);
        _keys.Current = new([]);
        Assert.Equal(401, (await host.Api.GetAsync("/api/v1/read", Reader)).Status);
    }

    [Theory]
    [InlineData("127.0.0.1:1", null, true)]
    [InlineData("localhost", null, true)]
    [InlineData("[::1]:8080", null, true)]
    [InlineData("localhost", "http://localhost:3000", true)]
    [InlineData("evil.example", null, false)]
    [InlineData("127.0.0.1.evil.example", null, false)]
    [InlineData("localhost", "https://evil.example", false)]
    [InlineData("localhost", "null", false)]
    public async Task WithoutKeys_ForeignHostOrPage_IsRefused(string hostName, string? origin, bool welcome)
    {
        _keys.Current = null;
        await using var host = await StartAsync();
        void Prepare(HttpRequestMessage request)
        {
            request.Headers.Host = hostName;
            if (origin is not null) request.Headers.Add("Origin", origin);
        }

        var answer = await host.Api.SendAsync(HttpMethod.Get, "/api/v1/admin", prepare: Prepare);
        Assert.Equal(welcome ? (200, null) : (403, "foreign-host"), (answer.Status, answer.Code));
        Assert.Equal(200, (await host.Api.SendAsync(HttpMethod.Get, "/open", prepare: Prepare)).Status);
    }

    [Fact]
    public async Task BeyondLoopback_KeyOnlyWhereTheRequestIsNotLocal()
    {
        await using var host = await StartAsync();

        Assert.Equal(200, (await host.Api.GetAsync("/local")).Status);
        // A proxy on this machine shows in Host.
        Assert.Equal(401, (await host.Api.SendAsync(HttpMethod.Get, "/local", prepare: static request => request.Headers.Host = "broker.example")).Status);
        Assert.Equal(200, (await host.Api.SendAsync(HttpMethod.Get, "/local", key: Reader, prepare: static request => request.Headers.Host = "broker.example")).Status);
        Assert.Equal(403, (await host.Api.SendAsync(HttpMethod.Get, "/local", key: Publisher, prepare: static request => request.Headers.Host = "broker.example")).Status);
    }

    [Fact]
    public void Record_AsALine_IsTheGoldenOne()
    {
        var record = new ApiKeyRecord("ops", ApiRole.Publish | ApiRole.Read, ApiKey.Hash("ob_x"), new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
        const string Line = "ops:read,publish:07ab0a324233ed6919dd166fc46f2c4230a264859e58d9923b4b6814dfd0ed22:2026-01-31T12:00:00Z";
        Assert.Equal(Line, record.ToString());
        var read = ApiKeyRecord.Parse(Line, out _)!;
        Assert.Equal((record.Name, record.Roles, record.Created), (read.Name, read.Roles, read.Created));
        Assert.Equal(record.Hash, read.Hash);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ops")]
    [InlineData("ops:admin:00:2026-01-31T12:00:00Z")]
    [InlineData("o s:admin:{hash}:2026-01-31T12:00:00Z")]
    [InlineData("ops:root:{hash}:2026-01-31T12:00:00Z")]
    [InlineData("ops::{hash}:2026-01-31T12:00:00Z")]
    [InlineData("ops:read,read:{hash}:2026-01-31T12:00:00Z")]
    [InlineData("ops:admin:{hash}g:2026-01-31T12:00:00Z")]
    [InlineData("ops:admin:{hash}:yesterday")]
    public void Record_OfAnotherShape_IsRefusedWithoutItsContent(string line)
    {
        Assert.Null(ApiKeyRecord.Parse(line.Replace("{hash}", new string('a', 64), StringComparison.Ordinal), out string reason));
        Assert.DoesNotContain("aaaa", reason, StringComparison.Ordinal);
        Assert.NotEmpty(reason);
    }

    private static ApiKeyRecord Record(string name, ApiRole roles, string key) => new(name, roles, ApiKey.Hash(key), DateTimeOffset.UnixEpoch);

    private static async Task<string> StatusesAsync(FrameHost host, string path, string?[] keys)
    {
        var statuses = new List<int>();
        foreach (string? key in keys)
            statuses.Add((await host.Api.GetAsync(path, key)).Status);
        return string.Join(' ', statuses);
    }

    private Task<FrameHost> StartAsync() => FrameHost.StartAsync(
        static api =>
        {
            api.MapGet("/read", static () => TypedResults.Ok()).RequireRole(ApiRole.Read);
            api.MapGet("/publish", static () => TypedResults.Ok()).RequireRole(ApiRole.Publish);
            api.MapGet("/admin", static () => TypedResults.Ok()).RequireRole(ApiRole.Admin);
            api.MapGet("/any", static () => TypedResults.Ok()).RequireRole(ApiRole.Any);
            api.MapGet("/unsaid", static () => TypedResults.Ok());
        },
        _keys,
        mapOutside: static endpoints =>
        {
            endpoints.MapGet("/open", static () => TypedResults.Ok());
            endpoints.MapGet("/local", static () => TypedResults.Ok()).RequireRoleBeyondLoopback(ApiRole.Read);
        });
}
