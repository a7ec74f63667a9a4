using System.Diagnostics.CodeAnalysis;
using System.Net;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Gateway.Connections;

/// <summary>
/// One client's network connection without the network: bytes in become operations, operations become bytes out. Two parts with
/// one rule each. Input (<see cref="Receive"/>, packet handlers, topic aliases) belongs to the transport's loop, one thread at a time,
/// and holds no lock when it enters shards and sessions (invariant B5). Output, phase, control queue and the counts of what is pending are changed
/// under its own lock, the object itself, from any thread; it is the last of the lock order shard → session → connection, and nothing is called while it is held.
/// </summary>
[SuppressMessage("Reliability", "CA2002", Justification = "The object is its own lock to save one per connection; nobody else locks it.")]
internal sealed partial class Connection : IGatewayConnection, IPublisher
{
    private readonly GatewayServices _services;
    private readonly IConnectionTransport _transport;

    private volatile ConnectionPhase _phase;
    private ProtocolVersion _version;
    private volatile ISessionEntry? _session;
    private ConnectionPermissions _permissions = NoPermissions.Instance;

    public Connection(long connectionId, ConnectionOrigin origin, GatewayServices services, IConnectionTransport transport)
    {
        ConnectionId = connectionId;
        Origin = origin;
        _services = services;
        _transport = transport;
        services.Counters.Add(BrokerCounter.NetworkConnections);
        AcceptedAtMilliseconds = services.Clock.NowMilliseconds;
        _lastPacketMilliseconds = AcceptedAtMilliseconds;
    }

    public long ConnectionId { get; }

    public ConnectionOrigin Origin { get; }

    /// <inheritdoc/>
    public IPEndPoint? Remote => Origin.Remote;

    /// <inheritdoc/>
    public long AcceptedAtMilliseconds { get; }

    public ConnectionPhase Phase => _phase;

    /// <summary>Empty before CONNECT.</summary>
    public string ClientId { get; private set; } = "";

    /// <summary>0 before CONNECT.</summary>
    public ProtocolVersion Version => _version;

    /// <summary>For the transport's turns.</summary>
    public IJournalTurns? JournalTurns => _services.JournalTurns;

    /// <inheritdoc/>
    public bool HasClientHungUp => !IsOpen || _transport.HasClientHungUp;

    public bool IsOpen => _phase != ConnectionPhase.Closing;

    private bool IsVersion5 => _version == ProtocolVersion.Mqtt5;

    /// <summary>Before CONNECT nobody may do anything.</summary>
    private sealed class NoPermissions : ConnectionPermissions
    {
        public static readonly NoPermissions Instance = new();

        public override bool MayPublish(ReadOnlySpan<byte> topic) => false;

        public override bool MaySubscribe(ReadOnlySpan<byte> filter) => false;
    }
}
