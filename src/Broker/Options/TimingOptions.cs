using OrleansBroker.Broker.Options.Settings;

namespace OrleansBroker.Broker.Options;

/// <summary><c>Broker:Timing:*</c>. Checked when the program starts; a value made in code is not checked again.</summary>
public sealed record TimingOptions
{
    [Duration("100ms", "10m", "From the accepted connection to a complete CONNECT, its exchange of AUTH packets included, and for each re-authentication; what takes longer is closed.")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    [Duration("100ms", "10m", "How long CONNECT, SUBSCRIBE and QoS 1 and 2 messages wait for a store that cannot be reached, before they are refused.")]
    public TimeSpan StoreWait { get; init; } = TimeSpan.FromSeconds(10);

    [Duration("0s", "1m", "How often a node asks a store that is a server for a sign of life, and how long it waits for one. After three times without, /health/ready answers 503; 0 never does for the store's sake.")]
    public TimeSpan StoreProbe { get; init; } = TimeSpan.FromSeconds(1);

    [Duration("100ms", "10m", "How long a SUBSCRIBE waits for all shards that it concerns; then it gets 0x83 (3.1.1: 0x80).")]
    public TimeSpan SubscribeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    [Duration("1s", "1d", "A session without connection that has been given nothing for this long leaves memory, unless the store is `Memory`; the next message or CONNECT reads it from the store.")]
    public TimeSpan OfflineIdle { get; init; } = TimeSpan.FromMinutes(10);

    [Duration("100ms", "1m", "How long a node waits for the answer to a probe of another one; it adapts to between the half and the double. A node that misses three is taken for dead, and its sessions go on elsewhere.")]
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    [Duration("50ms", "10s", "How often a node of a cluster renews its lease in the store; at most a third of LeaseValidity.")]
    public TimeSpan LeaseRenewal { get; init; } = TimeSpan.FromMilliseconds(300);

    [Duration("300ms", "1m", "How long a node's lease runs. Without one QoS 1 and 2, CONNECT and SUBSCRIBE wait; what a dead node had open waits for its lease to run out. The same on every node.")]
    public TimeSpan LeaseValidity { get; init; } = TimeSpan.FromSeconds(1);

    [Duration("0s", "1h", "A gateway that has reached neither the store nor the other nodes for this long closes its connections, so that their clients go elsewhere, and refuses others (0x88; 3.1.1: 3) until it does; 0 never.")]
    public TimeSpan SelfFence { get; init; } = TimeSpan.FromSeconds(15);

    [Duration("1s", "1h", "How long a connection is kept whose session, on another node, cannot be reached; then it is closed (0x89). So long a session waits for a node that has its connection.")]
    public TimeSpan SessionUnreachable { get; init; } = TimeSpan.FromSeconds(60);

    [Duration("0s", "1m", "A gateway of a cluster that is this late with its own work takes no new connections until it is not: the other nodes would take it for dead. 0 takes them always.")]
    public TimeSpan AdmissionLateness { get; init; } = TimeSpan.FromMilliseconds(200);

    // Below the 10 s that the program promises from SIGTERM to its end; the rest is for leaving.
    [Duration("1s", "10m", "From SIGTERM to the end of the drain; what is still open then is cut, and the program ends.")]
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(8);

    [Duration("10us", "100ms", "How long one turn works at a busy shard's or session's inbox before it yields.")]
    public TimeSpan InboxSlice { get; init; } = TimeSpan.FromMicroseconds(200);

    [Duration("100ms", "10m", "Longest time that an API request takes; then it gets 504. Feeds have none.")]
    public TimeSpan HttpRequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    [Duration("100ms", "1h", "How often the password file and the file of API keys are looked at for a change.")]
    public TimeSpan PasswordFilePoll { get; init; } = TimeSpan.FromSeconds(2);

    [Duration("0s", "1h", "How often the node publishes its values below $SYS/broker (docs/sys-topics.md); 0 publishes none.")]
    public TimeSpan SysInterval { get; init; } = TimeSpan.FromSeconds(10);
}
