using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrleansBroker.Api;
using OrleansBroker.Api.Health;

namespace OrleansBroker.Silo.Tests.Api;

public sealed class HealthEndpointsTests : IAsyncLifetime
{
    private readonly Readiness _readiness = new();
    private readonly HttpClient _http = new();
    private WebApplication? _app;

    [Theory]
    [InlineData(ReadinessState.Starting, 503)]
    [InlineData(ReadinessState.Ready, 200)]
    [InlineData(ReadinessState.Draining, 503)]
    [InlineData(ReadinessState.StoreUnreachable, 503)]
    public async Task Ready_EachState_IsAnsweredAndLiveStays(ReadinessState state, int status)
    {
        _readiness.State = state;

        var ready = await _http.GetAsync(new Uri("health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        var live = await _http.GetAsync(new Uri("health/live", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)ready.StatusCode);
        Assert.Equal(status == 200 ? "text/plain" : "application/problem+json", ready.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    [Fact]
    public async Task Ready_WithADetail_SaysWhy()
    {
        (_readiness.State, _readiness.Detail) = (ReadinessState.StoreUnreachable, "The store takes no commits.");

        var ready = await _http.GetAsync(new Uri("health/ready", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Contains("\"detail\":\"The store takes no commits.\"", await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_Head_IsAnsweredWithoutBody()
    {
        _readiness.State = ReadinessState.Ready;
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri("health/ready", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, (await _http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Anything_EndpointFails_IsAProblem()
    {
        var answer = await _http.GetAsync(new Uri("fails", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("hunter2", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore().AddSingleton<IReadiness>(_readiness);
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.UseProblems();
        _app.MapHealth();
        _app.MapGet("/fails", IResult () => throw new InvalidOperationException("hunter2"));
        await _app.StartAsync();
        _http.BaseAddress = new(_app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app!.DisposeAsync();
    }

    private sealed class Readiness : IReadiness
    {
        public ReadinessState State { get; set; }

        public string? Detail { get; set; }
    }
}
