using System.Buffers.Binary;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Nodes.Items;

/// <summary>
/// The routes of one session that matched, between silos:
/// <code>
/// match = incarnation:i64 grant*
/// grant = version:u32 identifier:u32 options:u8     QoS in bits 0 and 1, No Local 2, Retain As Published 3; integers little-endian
/// </code>
/// </summary>
internal static class WiredMatch
{
    private const int GrantBytes = (2 * sizeof(uint)) + 1;
    private const byte QoSMask = 3;
    private const byte NoLocalFlag = 1 << 2;
    private const byte RetainAsPublishedFlag = 1 << 3;

    public static int LengthOf(RouteMatch match) => sizeof(long) + (match.Grants.Length * GrantBytes);

    public static void Write(ItemBytes to, RouteMatch match)
    {
        to.UInt32((uint)match.Incarnation);
        to.UInt32((uint)(match.Incarnation >> 32));
        foreach (var grant in match.Grants)
        {
            to.UInt32(grant.Version);
            to.UInt32(grant.Identifier);
            to.Byte((byte)((byte)grant.QoS | (grant.NoLocal ? NoLocalFlag : 0) | (grant.RetainAsPublished ? RetainAsPublishedFlag : 0)));
        }
    }

    /// <returns>Null for bytes that are no match.</returns>
    public static RouteMatch? Read(ReadOnlySpan<byte> from, IReceiver receiver)
    {
        if (from.Length < sizeof(long) || (from.Length - sizeof(long)) % GrantBytes != 0) return null;
        var incarnation = BinaryPrimitives.ReadInt64LittleEndian(from);
        var grants = new RouteGrant[(from.Length - sizeof(long)) / GrantBytes];
        for (var i = 0; i < grants.Length; i++)
        {
            var grant = from.Slice(sizeof(long) + (i * GrantBytes), GrantBytes);
            var options = grant[^1];
            if ((options & QoSMask) > (byte)QoS.ExactlyOnce) return null;
            grants[i] = new RouteGrant(
                BinaryPrimitives.ReadUInt32LittleEndian(grant),
                (QoS)(options & QoSMask),
                (options & NoLocalFlag) != 0,
                (options & RetainAsPublishedFlag) != 0,
                BinaryPrimitives.ReadUInt32LittleEndian(grant[sizeof(uint)..]));
        }

        return new RouteMatch(receiver, incarnation, grants);
    }
}
