using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Connections;

/// <summary>Begins the traces of CONNECTs and PUBLISHes. A gateway that traces nothing has none of it.</summary>
internal sealed class ConnectionTraces(TraceSampling options)
{
    /// <summary>Of SHA-256: enough to find one topic again, too little to guess it from.</summary>
    private const int HashBytes = 8;

    // Each thread by itself: no cache line goes to and fro.
    [ThreadStatic]
    private static uint _connects;

    [ThreadStatic]
    private static uint _publishes;

    /// <summary>Null when this one is not sampled. It is <see cref="Activity.Current"/> from here on, so call it where that ends with the method.</summary>
    public Activity? Connect(string clientId, ConnectPacket packet)
    {
        if (!IsSampled(ref _connects, options.ConnectsPerTrace))
            return null;
        Activity.Current = null; // of a WebSocket's request, which is none of it
        var trace = BrokerMeter.Traces.StartActivity("mqtt.connect", ActivityKind.Server);
        trace?.SetTag("mqtt.client_id", NameOf(Encoding.UTF8.GetBytes(clientId)));
        trace?.SetTag("mqtt.version", (int)packet.Version);
        trace?.SetTag("mqtt.clean_start", packet.CleanStart);
        return trace;
    }

    /// <summary>Null when this one is not sampled, which costs a nanosecond.</summary>
    public Activity? Publish(QoS qos, bool retain, ReadOnlySpan<byte> topic, int payloadBytes)
    {
        if (!IsSampled(ref _publishes, options.PublishesPerTrace))
            return null;
        var before = Activity.Current;
        Activity.Current = null;
        var trace = BrokerMeter.Traces.StartActivity("mqtt.publish", ActivityKind.Server);
        // The transport's loop goes on with other messages.
        Activity.Current = before;
        trace?.SetTag("mqtt.topic", NameOf(topic));
        trace?.SetTag("mqtt.qos", (int)qos);
        trace?.SetTag("mqtt.retain", retain);
        trace?.SetTag("mqtt.payload_bytes", payloadBytes);
        return trace;
    }

    /// <summary>Any thread; <see cref="Activity.Current"/> stays what it is.</summary>
    public static void End(Activity trace, ReasonCode reason)
    {
        trace.SetTag("mqtt.reason", ReasonName.Of(reason));
        if (reason >= ReasonCode.UnspecifiedError)
            trace.SetStatus(ActivityStatusCode.Error);
        var current = Activity.Current;
        trace.Dispose();
        if (current != trace)
            Activity.Current = current;
    }

    private static bool IsSampled(ref uint count, int every) => every > 0 && count++ % (uint)every == 0;

    private string NameOf(ReadOnlySpan<byte> utf8) => options.ShowsNames ? Encoding.UTF8.GetString(utf8) : Convert.ToHexStringLower(SHA256.HashData(utf8).AsSpan(0, HashBytes));
}
