using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansBroker.Api.Tests.Otlp;

/// <summary>What a collector is to a broker that sends by OTLP/HTTP.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private const string MediaType = "application/x-protobuf";

    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    /// <summary>Names of metrics that have come.</summary>
    public ConcurrentDictionary<string, bool> Metrics { get; } = [];

    public ConcurrentQueue<OtlpSpan> Spans { get; } = [];

    /// <summary>Names of the services that sent them.</summary>
    public ConcurrentDictionary<string, bool> Services { get; } = [];

    public string Address => _app.Urls.Single();

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.MapPost("/v1/traces", receiver.TakeTracesAsync);
        receiver._app.MapPost("/v1/metrics", receiver.TakeMetricsAsync);
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeTracesAsync(HttpContext context)
    {
        var request = await ReadAsync(context);
        foreach (var span in OtlpSpan.AllOf(request)) Spans.Enqueue(span);
    }

    private async Task TakeMetricsAsync(HttpContext context)
    {
        foreach (var metric in ProtoField.Of(await ReadAsync(context)).All(1).SelectMany(static resource => resource.All(2)).SelectMany(static scope => scope.All(2)))
            Metrics[metric.One(1).Text] = true;
    }

    private async Task<byte[]> ReadAsync(HttpContext context)
    {
        Assert.Equal(MediaType, context.Request.ContentType);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        foreach (var service in ProtoField.Of(body.ToArray()).All(1).SelectMany(static resource => resource.One(1).All(1)).Where(static tag => tag.One(1).Text == "service.name"))
            Services[service.One(2).One(1).Text] = true;
        context.Response.ContentType = MediaType;
        return body.ToArray();
    }
}
