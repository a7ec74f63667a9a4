using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Nodes.Items;

/// <summary>
/// Subscriptions of a transient session, to its gateway:
/// <code>
/// subscriptions = count:number subscription*
/// subscription  = filter:text version:number options:u8 identifier:number     options as in SUBSCRIBE
/// </code>
/// </summary>
internal static class WiredSubscription
{
    private const byte QoSMask = 3;
    private const byte NoLocalFlag = 1 << 2;
    private const byte RetainAsPublishedFlag = 1 << 3;
    private const int RetainHandlingShift = 4;
    private const byte RetainHandlingMask = 3;

    public static void Write(ItemBytes to, SubscriptionRecord[] subscriptions)
    {
        to.Number((ulong)subscriptions.Length);
        foreach (var item in subscriptions)
        {
            to.Text(item.Filter);
            to.Number(item.Version);
            to.Byte((byte)(item.QoS | (item.NoLocal ? NoLocalFlag : 0) | (item.RetainAsPublished ? RetainAsPublishedFlag : 0) | (item.RetainHandling << RetainHandlingShift)));
            to.Number(item.Identifier);
        }
    }

    /// <returns>Null for bytes that are no subscriptions.</returns>
    public static SubscriptionRecord[]? Read(ref ItemReader from, int bytesLeft)
    {
        var count = from.Number();
        if (from.IsDamaged || count > (ulong)bytesLeft) return null;
        var subscriptions = new SubscriptionRecord[count];
        for (var i = 0; i < subscriptions.Length; i++)
        {
            var text = from.Bytes();
            TopicFilter? filter = null;
            var isFilter = text.Length <= TopicName.MaximumBytes && TopicFilter.TryParse(text, out filter, out _);
            var version = (uint)from.Number();
            var options = from.Byte();
            var identifier = (uint)from.Number();
            if (from.IsDamaged || (options & QoSMask) > (byte)QoS.ExactlyOnce || !isFilter) return null;
            subscriptions[i] = new SubscriptionRecord(
                filter!.Text,
                version,
                (byte)(options & QoSMask),
                (options & NoLocalFlag) != 0,
                (options & RetainAsPublishedFlag) != 0,
                (byte)((options >> RetainHandlingShift) & RetainHandlingMask),
                identifier);
        }

        return subscriptions;
    }
}
