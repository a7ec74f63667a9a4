namespace OrleansBroker.Silo.Telemetry;

/// <summary>
/// Which of Orleans' own instruments are shown: those that are read when somebody asks, and those of what is rare. The others, which grains pay for with every call (latencies, sizes,
/// received and processed messages), stay off: a CONNECT is little more than a grain call.
/// </summary>
internal static class OrleansInstruments
{
    public const string Meter = "Microsoft.Orleans";

    public static readonly IReadOnlySet<string> Shown = new HashSet<string>(StringComparer.Ordinal)
    {
        "orleans-catalog-activations",
        "orleans-catalog-activation-working-set",
        "orleans-catalog-activation-collections",
        "orleans-catalog-activation-failed-to-activate",
        "orleans-app-requests-timedout",
        "orleans-app-requests-canceled",
        "orleans-messaging-sent-failed",
        "orleans-messaging-sent-dropped",
        "orleans-messaging-sent-header-size",
        "orleans-messaging-received-header-size",
        "orleans-messaging-rejected",
        "orleans-messaging-rerouted",
        "orleans-messaging-expired",
        "orleans-networking-sockets-opened",
        "orleans-networking-sockets-closed",
        "orleans-scheduler-long-running-turns",
        "orleans-watchdog-health-checks",
        "orleans-watchdog-health-checks-failed",
        "orleans-runtime-available-memory",
        "orleans-runtime-total-physical-memory",
    };
}
