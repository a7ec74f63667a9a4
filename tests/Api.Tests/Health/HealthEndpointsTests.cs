using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrleansBroker.Api.Frame;
using OrleansBroker.Api.Health;

namespace OrleansBroker.Api.Tests.Health;

public sealed class HealthEndpointsTests : IAsyncLifetime
{
    private readonly Readiness _readiness = new();
    private WebApplication? _app;
    private ApiClient? _api;

    [Theory]
    [InlineData(ReadinessState.Starting, 503)]
    [InlineData(ReadinessState.Ready, 200)]
    [InlineData(ReadinessState.Draining, 503)]
    [InlineData(ReadinessState.StoreUnreachable, 503)]
    public async Task Ready_EachState_IsAnsweredAndLiveStays(ReadinessState state, int status)
    {
        _readiness.State = state;

        var ready = await _api!.GetAsync("/health/ready");
        var live = await _api.GetAsync("/health/live");

        Assert.Equal((status, status == 200 ? null : "not-ready"), (ready.Status, ready.Code));
        Assert.Equal(status == 200 ? "text/plain" : "application/problem+json", ready.MediaType);
        Assert.Equal(200, live.Status);
    }

    [Fact]
    public async Task Ready_WithADetail_SaysWhy()
    {
        (_readiness.State, _readiness.Detail) = (ReadinessState.StoreUnreachable, "The store takes no commits.");

        Assert.Equal("The store takes no commits.", (string?)(await _api!.GetAsync("/health/ready")).Json["detail"]);
    }

    [Fact]
    public async Task Ready_Head_IsAnsweredWithoutBody()
    {
        _readiness.State = ReadinessState.Ready;

        Assert.Equal(200, (await _api!.SendAsync(HttpMethod.Head, "/health/ready")).Status);
    }

    [Fact]
    public async Task Anything_EndpointFails_IsAProblem()
    {
        var answer = await _api!.GetAsync("/fails");

        Assert.Equal((500, "internal-error"), (answer.Status, answer.Code));
        Assert.DoesNotContain("hunter2", answer.Body, StringComparison.Ordinal);
    }

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore().AddSingleton<IReadiness>(_readiness).AddSingleton(TimeProvider.System);
        builder.Services.AddApi(new ApiOptions("1", MaxRequests: 1, TimeSpan.FromMinutes(1)), new FrameHost.Keys());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.UseApi();
        _app.MapHealth();
        _app.MapGet("/fails", IResult () => throw new InvalidOperationException("hunter2"));
        await _app.StartAsync();
        _api = new(new(_app.Urls.Single()));
    }

    public async ValueTask DisposeAsync()
    {
        _api!.Dispose();
        await _app!.DisposeAsync();
    }

    private sealed class Readiness : IReadiness
    {
        public ReadinessState State { get; set; }

        public string? Detail { get; set; }
    }
}
