using OrleansBroker.Broker.Messages;

namespace OrleansBroker.Grains.Nodes.Items;

/// <summary>
/// Encodes items into a batch:
/// <code>
/// batch   = version:u8 item*, of the receiver's <see cref="ItemFormats"/>
/// item    = kind:u8 fields:number, then each field that the item has, in the order of <see cref="ItemField"/>
/// </code>
/// See <see cref="WiredMessage"/> and <see cref="WiredMatch"/> for the two that have fields of their own.
/// </summary>
internal static class ItemWriter
{
    /// <param name="last">The message of the item before it in the batch, or null.</param>
    /// <param name="now">Monotonic milliseconds: a message's expiry crosses as the time that is left (invariant B16).</param>
    /// <returns>The message that the next item may share.</returns>
    public static Publication? Write(ItemBytes to, in NodeItem item, long token, Publication? last, long now)
    {
        var fields = FieldsOf(item, token, last);
        to.Byte((byte)item.Kind);
        to.Number((ulong)fields);
        if (Has(fields, ItemField.ClientId)) to.Text(item.ClientId);
        if (Has(fields, ItemField.ConnectionId)) to.Signed(item.ConnectionId);
        if (Has(fields, ItemField.Token)) to.Number((ulong)token);
        if (Has(fields, ItemField.PacketIdentifier)) to.Number(item.PacketIdentifier);
        if (Has(fields, ItemField.PacketType)) to.Byte(item.PacketType);
        if (Has(fields, ItemField.Reason)) to.Byte((byte)item.Reason);
        if (Has(fields, ItemField.Message)) WiredMessage.Write(to, item.Message!, now);
        WriteRest(to, item, fields);
        return item.Message ?? last;
    }

    /// <summary>What stands behind the message.</summary>
    private static void WriteRest(ItemBytes to, in NodeItem item, ItemField fields)
    {
        if (Has(fields, ItemField.Match)) WriteMatch(to, item);
        if (Has(fields, ItemField.QoS)) to.Byte(item.QoS);
        if (Has(fields, ItemField.SubscriptionIdentifiers)) WriteIdentifiers(to, item.SubscriptionIdentifiers!);
        if (Has(fields, ItemField.Reasons)) WriteReasons(to, item);
        if (Has(fields, ItemField.Number)) to.Number(item.Number);
        if (Has(fields, ItemField.Milliseconds)) to.Signed(item.Milliseconds);
        if (Has(fields, ItemField.Source)) WiredSilo.Write(to, item.Source!);
        if (Has(fields, ItemField.Sequence)) to.Signed(item.Sequence);
        if (Has(fields, ItemField.Incarnation)) to.Signed(item.Incarnation);
        if (Has(fields, ItemField.Epoch)) to.Signed(item.Epoch);
        if (Has(fields, ItemField.Subscriptions)) WiredSubscription.Write(to, item.Subscriptions!);
        if (Has(fields, ItemField.Ended)) WriteIdentifiers(to, item.Ended!);
        if (Has(fields, ItemField.ServerReference)) to.Text(item.ServerReference!);
    }

    private static bool Has(ItemField fields, ItemField field) => (fields & field) != 0;

    private static ItemField FieldsOf(in NodeItem item, long token, Publication? last)
    {
        var fields = When(item.ClientId.Length > 0, ItemField.ClientId)
            | When(item.ConnectionId != 0, ItemField.ConnectionId)
            | When(token != 0, ItemField.Token)
            | When(item.PacketIdentifier != 0, ItemField.PacketIdentifier)
            | When(item.PacketType != 0, ItemField.PacketType)
            | When(item.Reason != 0, ItemField.Reason)
            | When(item.Match is not null || !item.MatchBytes.IsEmpty, ItemField.Match)
            | When(item.QoS != 0, ItemField.QoS)
            | When(item.Duplicate, ItemField.Duplicate)
            | When(item.Retain, ItemField.Retain)
            | When(item.SubscriptionIdentifiers is not null, ItemField.SubscriptionIdentifiers)
            | When(item.Reasons is not null, ItemField.Reasons)
            | When(item.SessionPresent, ItemField.SessionPresent)
            | When(item.Number != 0, ItemField.Number)
            | When(item.Milliseconds != 0, ItemField.Milliseconds)
            | When(item.IsLastResort, ItemField.IsLastResort)
            | When(item.PublishWill, ItemField.PublishWill)
            | When(item.Source is not null, ItemField.Source)
            | FieldsOfSession(item);
        if (item.Message is null) return fields;
        return fields | (ReferenceEquals(item.Message, last) ? ItemField.SameMessage : ItemField.Message);
    }

    private static ItemField FieldsOfSession(in NodeItem item) =>
        When(item.Sequence != 0, ItemField.Sequence)
        | When(item.Incarnation != 0, ItemField.Incarnation)
        | When(item.Epoch != 0, ItemField.Epoch)
        | When(item.IsDurable, ItemField.IsDurable)
        | When(item.Subscriptions is not null, ItemField.Subscriptions)
        | When(item.Ended is not null, ItemField.Ended)
        | When(item.ServerReference is not null, ItemField.ServerReference);

    private static ItemField When(bool condition, ItemField field) => condition ? field : ItemField.None;

    /// <summary>Its length first: who passes it on need not look into it.</summary>
    private static void WriteMatch(ItemBytes to, in NodeItem item)
    {
        if (item.Match is { } match)
        {
            to.Number((ulong)WiredMatch.LengthOf(match));
            WiredMatch.Write(to, match);
        }
        else
        {
            to.Number((ulong)item.MatchBytes.Length);
            to.Bytes(item.MatchBytes.Span);
        }
    }

    private static void WriteIdentifiers(ItemBytes to, uint[] identifiers)
    {
        to.Number((ulong)identifiers.Length);
        foreach (var identifier in identifiers) to.Number(identifier);
    }

    private static void WriteReasons(ItemBytes to, in NodeItem item)
    {
        to.Number((ulong)item.Reasons!.Length);
        foreach (var reason in item.Reasons) to.Byte((byte)reason);
    }
}
