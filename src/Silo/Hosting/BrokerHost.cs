using OrleansBroker.Api;
using OrleansBroker.Api.Health;
using OrleansBroker.Clustering;
using OrleansBroker.Gateway.Hosting;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Silo.ApiKeys;
using OrleansBroker.Silo.CommandLine;
using OrleansBroker.Silo.Listening;
using OrleansBroker.Silo.Logging;
using OrleansBroker.Silo.Options;
using OrleansBroker.Silo.Telemetry;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Silo.Hosting;

/// <summary>Runs the broker from options to exit.</summary>
internal static class BrokerHost
{
    /// <summary>Returns after SIGTERM or SIGINT.</summary>
    /// <param name="output">Gets the ready line, and nothing else.</param>
    /// <exception cref="BadOptionsException">The options cannot be used.</exception>
    /// <exception cref="StartFailedException">The broker could not start.</exception>
    /// <exception cref="NodeFailedException">The broker could not go on.</exception>
    public static async Task RunAsync(Invocation.Serve invocation, TextWriter output)
    {
        // Nothing that this builder would add by itself: no file, no environment, no log that we do not name.
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = typeof(BrokerHost).Assembly.GetName().Name });
        builder.Configuration.AddSources(invocation);
        var options = ReadOptions(builder.Configuration);
        using var listeners = BoundListeners.Bind(options);
        // Before the app, so that it outlives the app's disposal.
        using var deadline = new ShutdownDeadline(options.Timing.ShutdownTimeout);
        using var logging = LoggerFactory.Create(lines =>
        {
            lines.Services.AddSingleton(TimeProvider.System);
            lines.AddLines(builder.Configuration);
        });
        await using var store = await JournalStores.OpenAsync(options, TimeProvider.System, logging.CreateLogger(typeof(JournalStores)));
        await using var membership = await MembershipTables.OpenAsync(options, logging);
        await using var app = Build(builder, options, listeners, store, membership);
        deadline.Watch(app.Lifetime);
        await StartAsync(app, deadline);
        await output.WriteLineAsync(ReadyLine.Format(listeners.All, Composition.NodeId(app.Services)));
        await output.FlushAsync();
        await WaitForEndAsync(app);
    }

    private static async Task WaitForEndAsync(WebApplication app)
    {
        try
        {
            await app.WaitForShutdownAsync();
        }
        catch (TransportFailedException e)
        {
            throw new NodeFailedException(e.Message, e);
        }
    }

    private static BrokerOptions ReadOptions(IConfiguration configuration)
    {
        var (options, problems) = OptionsReader.Read(configuration);
        problems = [.. problems, .. LineLogging.Check(configuration)];
        return problems.Count == 0 ? options : throw new BadOptionsException(problems);
    }

    private static WebApplication Build(WebApplicationBuilder builder, BrokerOptions options, BoundListeners listeners, IJournalStore store, MembershipTable? membership)
    {
        builder.Logging.AddLines(builder.Configuration);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Timing.ShutdownTimeout);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(options).AddSingleton(options.Limits).AddSingleton(options.Timing);
        builder.Services.AddSingleton<IReadiness, NodeReadiness>();
        builder.Services.AddRoutingCore();
        builder.Services.AddAdmission(options);
        builder.Services.AddTelemetry(options.Telemetry);
        builder.Services.AddApi(options);
        Composition.AddBroker(builder, options, store, membership);
        builder.Services.AddHostedService<QuietCollection>();
        if (options.Listeners.UsesEpoll && options.Roles.HasFlag(NodeRoles.Gateway))
            builder.Services.AddEpollTransport(() => [.. listeners.Of(Listener.Tcp).Select(bound => bound.Listen())]);
        builder.WebHost.UseListeners(listeners, options, Composition.ServeTcp, Composition.ServeWebSocket);
        var app = builder.Build();
        app.UseMqttWebSockets();
        app.UseApi();
        app.MapApi();
        app.MapMetrics();
        return app;
    }

    private static async Task StartAsync(WebApplication app, ShutdownDeadline deadline)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception e)
        {
            deadline.StartFailed();
            throw Explain(e);
        }
    }

    // Kestrel and the silo wrap what their parts throw.
    private static StartFailedException Explain(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is StartFailedException explained)
                return explained;
        }
        return new StartFailedException($"the broker could not start: {failure.Message}", failure);
    }
}
