using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Grains.Time;
using OrleansBroker.Micro.Codec;
using OrleansBroker.Micro.Doubles;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Micro.Connections;

/// <summary>
/// What a gateway's connection does with a batch of PUBLISH: cuts packets, decodes, checks, copies, hands on to a router that settles at once, and writes what answers
/// there are. An operation is one message of 100 bytes.
/// </summary>
public class ConnectionReceiveBenchmarks
{
    private const int Count = 100;
    private const int PayloadBytes = 100;

    private Connection _connection = null!;
    private byte[] _batch = [];

    [Params(ProtocolVersion.Mqtt311, ProtocolVersion.Mqtt5)]
    public ProtocolVersion Version { get; set; }

    [Params(QoS.AtMostOnce, QoS.AtLeastOnce)]
    public QoS QoS { get; set; }

    [GlobalSetup]
    public void Connect()
    {
        var limits = new LimitsOptions();
        var registry = new ConnectionRegistry();
        var services = new GatewayServices(
            new BrokerClock(TimeProvider.System), limits, new TimingOptions(), new AnonymousAuthenticator(AnonymousPolicy.Everywhere), new AllowAllAuthorizer(),
            new AttachingSessions(), new SettlingRouter(), new BrokerCounters(), registry, new ConnectionLog(NullLogger<ConnectionLog>.Instance, TimeProvider.System));
        var transport = new DroppingTransport();
        _connection = new Connection(registry.NextId(), ConnectionOrigin.Unknown(isLoopback: true), services, transport);
        transport.Connection = _connection;
        registry.Accepted(_connection, int.MaxValue);
        Receive(Packets.Encode(new ConnectPacket { Version = Version, ClientId = "publisher", CleanStart = true }, Version));
        if (_connection.Phase != ConnectionPhase.Attached)
            throw new InvalidOperationException("The connection is not connected.");
        _batch = [.. Enumerable.Range(1, Count).SelectMany(i => Packets.Publish(Version, QoS, PayloadBytes, hasProperties: false, (ushort)i))];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int Batch() => Receive(_batch);

    private int Receive(byte[] bytes)
    {
        OutputTurn.Begin();
        _connection.ReceiveContiguous(bytes, out var consumed);
        OutputTurn.End();
        return consumed;
    }
}
