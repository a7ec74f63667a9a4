using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Admission.Enhanced;
using OrleansBroker.Gateway.Hosting;
using OrleansBroker.Grains.Routing;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Gateway.Connections;

/// <summary>What all connections of a gateway share; each holds one reference to it.</summary>
internal sealed class GatewayServices(
    BrokerClock clock,
    LimitsOptions limits,
    TimingOptions timing,
    IAuthenticator authenticator,
    IAuthorizer authorizer,
    ISessionControl sessions,
    IPublishRouter router,
    BrokerCounters counters,
    ConnectionRegistry registry,
    ConnectionLog log,
    AuthenticationMethods? methods = null,
    ResponseInformation? responseInformation = null,
    IJournalTurns? journalTurns = null,
    AdmissionGate? gate = null,
    GatewayInstruments? instruments = null,
    ConnectionTraces? traces = null)
{
    public BrokerClock Clock { get; } = clock;

    public LimitsOptions Limits { get; } = limits;

    public TimingOptions Timing { get; } = timing;

    public IAuthenticator Authenticator { get; } = authenticator;

    /// <summary>For clients whose CONNECT names a method; none unless configured.</summary>
    public AuthenticationMethods Methods { get; } = methods ?? AuthenticationMethods.None;

    public IAuthorizer Authorizer { get; } = authorizer;

    public ISessionControl Sessions { get; } = sessions;

    public IPublishRouter Router { get; } = router;

    public BrokerCounters Counters { get; } = counters;

    public ConnectionRegistry Registry { get; } = registry;

    public ConnectOrder ConnectOrder { get; } = new();

    /// <summary>A store that does not answer keeps them: who waits for one is refused as late as who has one.</summary>
    public ConnectPermits ConnectPermits { get; } = new(limits.MaxConnecting, timing.StoreWait, clock.TimeProvider);

    public ConnectionLog Log { get; } = log;

    /// <summary>Of the silo in this process; null on a node without sessions.</summary>
    public IJournalTurns? JournalTurns { get; } = journalTurns;

    public ResponseInformation ResponseInformation { get; } = responseInformation ?? new(null);

    /// <summary>Of new connections; null where it is always open.</summary>
    public AdmissionGate? Gate { get; } = gate;

    /// <summary>Null where nobody measures.</summary>
    public GatewayInstruments? Instruments { get; } = instruments;

    /// <summary>Null where nothing is traced.</summary>
    public ConnectionTraces? Traces { get; } = traces;

    /// <summary>Admission of the whole gateway.</summary>
    public PendingBytes Pending { get; } = new(limits.MaxGatewayPendingBytes);
}
