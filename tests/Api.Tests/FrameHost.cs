using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrleansBroker.Api.Frame;
using OrleansBroker.Api.Frame.Access;

namespace OrleansBroker.Api.Tests;

/// <summary>The frame on a real Kestrel in this process, around endpoints of the tests, below /api/v1.</summary>
internal sealed class FrameHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FrameHost(WebApplication app)
    {
        _app = app;
        Api = new(new(app.Urls.Single()));
    }

    public ApiClient Api { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<FrameHost> StartAsync(
        Action<RouteGroupBuilder> map, IApiKeys? keys = null, ApiOptions? options = null, TimeProvider? time = null, Action<IEndpointRouteBuilder>? mapOutside = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore().AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddApi(options ?? new ApiOptions("1", MaxRequests: 64, TimeSpan.FromMinutes(1)), keys ?? new Keys());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 1024);
        var app = builder.Build();
        app.UseApi();
        map(app.MapGroup("/api/v1"));
        mapOutside?.Invoke(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app);
    }

    /// <summary>A host that answers with the text in its path.</summary>
    public static Task<FrameHost> StartEchoAsync() => StartAsync(api =>
    {
        api.MapGet("/echo/{text}", static (PathText text) => TypedResults.Text(text.Text)).RequireRole(ApiRole.Read);
        api.MapGet("/echo/{text}/{more}", static (PathText text, PathText more) => TypedResults.Text($"{text}\n{more}")).RequireRole(ApiRole.Read);
    });

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _app.DisposeAsync();
    }

    /// <summary>Keys of a test; none when there are no records.</summary>
    public sealed class Keys(params IReadOnlyList<ApiKeyRecord> records) : IApiKeys
    {
        public ApiKeyTable? Current { get; set; } = records.Count == 0 ? null : new(records);
    }
}
