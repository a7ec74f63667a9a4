using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Options.Settings;
using OrleansBroker.Grains.Nodes;

namespace OrleansBroker.Silo.Options;

/// <summary>Everything under <c>Broker:</c>. <see cref="Table.SettingTable"/> is read from this type, so a new property is at once a key, a line of
/// <c>--help</c> and a row that docs/configuration.md must have.</summary>
internal sealed record BrokerOptions
{
    /// <summary>First part of every key.</summary>
    public const string SectionName = "Broker";

    [Choice("What this node does. One role alone needs a cluster.")]
    public NodeRoles Roles { get; init; } = NodeRoles.Gateway | NodeRoles.Core;

    public ListenersOptions Listeners { get; init; } = new();

    public HttpOptions Http { get; init; } = new();

    public TelemetryOptions Telemetry { get; init; } = new();

    public StorageOptions Storage { get; init; } = new();

    public ClusterOptions Cluster { get; init; } = new();

    public AuthenticationOptions Authentication { get; init; } = new();

    public AuthorizationOptions Authorization { get; init; } = new();

    [Choice("Where clients without credentials are welcome: `Default` on loopback while no password file is given, `Loopback` on loopback also beside one, `True` everywhere, `False` nowhere.")]
    public AnonymousAccess AllowAnonymous { get; init; } = AnonymousAccess.Default;

    [Text("a text", "Response Information in CONNACK for 5.0 clients that ask for it: where their response topics are to be. `%c` is the client id; a client id with `/`, `+` or `#` gets none then.")]
    public string? ResponseInformation { get; init; }

    public LimitsOptions Limits { get; init; } = new();

    public TimingOptions Timing { get; init; } = new();

    /// <summary>Of the membership table: its own, or the storage's if that is of the same kind. Null when there is none.</summary>
    public string? ClusterConnectionString => Cluster.ConnectionString ?? (Cluster.Provider, Storage.Provider) switch
    {
        (ClusterProvider.Postgres, StorageProvider.Postgres) or (ClusterProvider.AzureTables, StorageProvider.AzureTables) => Storage.ConnectionString,
        _ => null,
    };
}
