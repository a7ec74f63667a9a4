using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

/// <summary>Takes every CONNECT at once unless told otherwise, and remembers all calls.</summary>
internal sealed class FakeSessionControl : ISessionControl
{
    private readonly Lock _gate = new();

    public FakeSession Session { get; } = new();

    public List<ConnectParameters> Connects { get; } = [];

    public List<(SubscribePacket Packet, ReasonCode[] Refusals)> Subscribes { get; } = [];

    public List<UnsubscribePacket> Unsubscribes { get; } = [];

    public List<ConnectionEnd> Ends { get; } = [];

    /// <summary>What CONNECT answers; anything but success does not attach.</summary>
    public ReasonCode ConnectAnswer { get; set; }

    public ConnAckPacket ConnAck { get; set; } = new();

    /// <summary>CONNECT waits for this before it does anything.</summary>
    public TaskCompletionSource? ConnectGate { get; set; }

    /// <summary>SUBSCRIBE and UNSUBSCRIBE wait for this.</summary>
    public TaskCompletionSource? ControlGate { get; set; }

    public Exception? Failure { get; set; }

    /// <summary>What a session does with a SUBSCRIBE, when it has waited.</summary>
    public Action<SubscribePacket, ReasonCode[]>? OnSubscribed { get; set; }

    public Action<UnsubscribePacket>? OnUnsubscribed { get; set; }

    public async ValueTask<ReasonCode> ConnectAsync(ConnectParameters parameters, IGatewayConnection connection, CancellationToken cancellationToken)
    {
        lock (_gate)
            Connects.Add(parameters);
        if (ConnectGate is not null)
            await ConnectGate.Task;
        if (Failure is not null)
            throw Failure;
        if (ConnectAnswer == ReasonCode.Success)
            connection.Attached(Session, ConnAck);
        return ConnectAnswer;
    }

    public async ValueTask SubscribeAsync(string clientId, long connectionId, SubscribePacket packet, ReasonCode[] refusals)
    {
        lock (_gate)
            Subscribes.Add((packet, refusals));
        await WaitAsync();
        OnSubscribed?.Invoke(packet, refusals);
    }

    public async ValueTask UnsubscribeAsync(string clientId, long connectionId, UnsubscribePacket packet)
    {
        lock (_gate)
            Unsubscribes.Add(packet);
        await WaitAsync();
        OnUnsubscribed?.Invoke(packet);
    }

    public ValueTask DisconnectAsync(string clientId, long connectionId, ConnectionEnd end)
    {
        lock (_gate)
            Ends.Add(end);
        return ValueTask.CompletedTask;
    }

    private async ValueTask WaitAsync()
    {
        if (ControlGate is not null)
            await ControlGate.Task;
        if (Failure is not null)
            throw Failure;
    }
}
