using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Gateway.Hosting;
using OrleansBroker.Silo.Options;

namespace OrleansBroker.Silo.Telemetry;

/// <summary>What is measured for <c>/metrics</c>, always, and what is sent by OTLP, where that is asked for.</summary>
internal static class TelemetryServices
{
    /// <summary>
    /// ASP.NET Core's meter of requests, for how long they took alone: each WebSocket of a client is a request that goes on. Kestrel's own meter, which every MQTT connection
    /// would pay for, is left out.
    /// </summary>
    private const string RequestsMeter = "Microsoft.AspNetCore.Hosting";
    private const string RequestDuration = "http.server.request.duration";

    private const string RuntimeMeter = "System.Runtime";

    /// <summary>Combinations of labels that an instrument may have: memory for all of them is taken at the start, some 100 bytes each. Ours have 20 at the most.</summary>
    private const int MaxSeries = 50;

    /// <summary>An API's routes, methods and codes.</summary>
    private const int MaxRequestSeries = 500;

    public static void AddTelemetry(this IServiceCollection services, TelemetryOptions options)
    {
        var telemetry = services.AddOpenTelemetry().ConfigureResource(static resource => resource.Clear().AddDetector(static provider => ActivatorUtilities.CreateInstance<NodeResource>(provider)));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(BrokerMeter.Name, OrleansInstruments.Meter, RuntimeMeter, RequestsMeter).AddView(View).AddPrometheusExporter(static prometheus => prometheus.ScopeInfoEnabled = false);
            if (options.OtlpEndpoint is not null)
                metrics.AddOtlpExporter((otlp, reader) =>
                {
                    Configure(otlp, options, "v1/metrics");
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.ExportInterval.TotalMilliseconds;
                });
        });
        if (options.OtlpEndpoint is null)
            return;
        services.AddGatewayTraces(new TraceSampling(options.ConnectSampling, options.PublishSampling, options.NamesInTraces));
        telemetry.WithTracing(traces => traces.AddSource(BrokerMeter.Name).AddOtlpExporter(otlp => Configure(otlp, options, "v1/traces")));
    }

    private static void Configure(OtlpExporterOptions otlp, TelemetryOptions options, string path)
    {
        var endpoint = new Uri(options.OtlpEndpoint!);
        (otlp.Protocol, otlp.Endpoint) = options.OtlpProtocol == OtlpProtocol.Grpc
            ? (OtlpExportProtocol.Grpc, endpoint)
            : (OtlpExportProtocol.HttpProtobuf, new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/{path}"));
    }

    private static MetricStreamConfiguration View(Instrument instrument)
    {
        var isShown = instrument.Meter.Name switch
        {
            OrleansInstruments.Meter => OrleansInstruments.Shown.Contains(instrument.Name),
            RequestsMeter => instrument.Name == RequestDuration,
            _ => true,
        };
        return isShown ? new MetricStreamConfiguration { CardinalityLimit = instrument.Name == RequestDuration ? MaxRequestSeries : MaxSeries } : MetricStreamConfiguration.Drop;
    }
}
