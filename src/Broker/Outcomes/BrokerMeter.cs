using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace OrleansBroker.Broker.Outcomes;

/// <summary>
/// The node's meter and its source of traces, both of this name; one of each node, several in a process of tests. What it measures is read where it is kept, when somebody asks; docs/metrics.md has the names.
/// No client id and no topic is ever a label: there are millions of them.
/// </summary>
public sealed class BrokerMeter : IDisposable
{
    public const string Name = "OrleansBroker";

    /// <summary>Without a listener nothing is traced, and nothing paid for it.</summary>
    public static readonly ActivitySource Traces = new(Name, Version);

    /// <summary>The instruments' owner; they end with it.</summary>
    public Meter Meter { get; }

    public BrokerMeter() => Meter = new Meter(new MeterOptions(Name) { Version = Version, Scope = this });

    private static string Version => typeof(BrokerMeter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public void Dispose() => Meter.Dispose();
}
