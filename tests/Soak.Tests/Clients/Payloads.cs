using System.Buffers.Binary;
using OrleansBroker.Soak.Tests.Model;
using OrleansBroker.TestKit;

namespace OrleansBroker.Soak.Tests.Clients;

/// <summary>Contents and properties that follow from a message's number, so that whoever receives it can tell that it is whole.</summary>
internal static class Payloads
{
    /// <summary>Number and length come first.</summary>
    public const int HeaderBytes = 12;

    private const int Starts = 65_536;
    private const int LongestPayload = 65_536;
    private const uint ShortestExpiry = 36_000;

    private static readonly byte[] Filling = Fill();

    public static byte[] Create(Message message)
    {
        var payload = new byte[message.Length];
        if (message.Length == 0)
            return payload;
        BinaryPrimitives.WriteInt64BigEndian(payload, message.Id);
        BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(8), message.Length);
        FillingOf(message).CopyTo(payload.AsSpan(HeaderBytes));
        return payload;
    }

    /// <summary>The message's number; null for what no client of ours sent.</summary>
    public static long? IdOf(ReadOnlySpan<byte> payload) => payload.Length < HeaderBytes ? null : BinaryPrimitives.ReadInt64BigEndian(payload);

    public static bool IsWhole(Message message, ReadOnlySpan<byte> payload) =>
        payload.Length == message.Length &&
        (message.Length == 0 || (BinaryPrimitives.ReadInt32BigEndian(payload[8..]) == message.Length && payload[HeaderBytes..].SequenceEqual(FillingOf(message))));

    public static IReadOnlyList<byte[]> PropertiesOf(Message message)
    {
        var list = new List<byte[]>();
        var id = message.Id;
        var which = message.Properties;
        if (which.HasFlag(MessageProperties.FormatIndicator))
            list.Add(Property.Byte(PropertyId.PayloadFormatIndicator, 0));
        if (which.HasFlag(MessageProperties.Expiry))
            list.Add(Property.MessageExpiryInterval(ExpiryOf(id)));
        if (which.HasFlag(MessageProperties.ContentType))
            list.Add(Property.Utf8(PropertyId.ContentType, $"type {id}"));
        if (which.HasFlag(MessageProperties.ResponseTopic))
            list.Add(Property.Utf8(PropertyId.ResponseTopic, $"answers/{id}"));
        if (which.HasFlag(MessageProperties.CorrelationData))
            list.Add(Property.Binary(PropertyId.CorrelationData, BitConverter.GetBytes(id)));
        if (which.HasFlag(MessageProperties.UserProperties))
            list.AddRange(UserPropertiesOf(id).Select(each => Property.UserProperty(each.Name, each.Value)));
        return list;
    }

    /// <summary>What is wrong with the properties of a copy; null: nothing. Its subscription identifiers are another matter.</summary>
    /// <param name="age">From before the message was sent until now.</param>
    public static string? Compare(Message message, PropertyList came, TimeSpan age)
    {
        var id = message.Id;
        var which = message.Properties;
        var expected = int.PopCount((int)(which & ~MessageProperties.UserProperties)) + came.SubscriptionIdentifiers.Count;
        if (which.HasFlag(MessageProperties.UserProperties))
            expected += 3;
        if (came.Count != expected)
            return $"{came.Count} properties instead of {expected}";
        if (came.Integer(PropertyId.PayloadFormatIndicator) != (which.HasFlag(MessageProperties.FormatIndicator) ? 0u : null))
            return "payload format indicator";
        if (came.Text(PropertyId.ContentType) != (which.HasFlag(MessageProperties.ContentType) ? $"type {id}" : null))
            return "content type";
        if (came.Text(PropertyId.ResponseTopic) != (which.HasFlag(MessageProperties.ResponseTopic) ? $"answers/{id}" : null))
            return "response topic";
        if (which.HasFlag(MessageProperties.CorrelationData) && !came.Bytes(PropertyId.CorrelationData).AsSpan().SequenceEqual(BitConverter.GetBytes(id)))
            return "correlation data";
        // [MQTT5-3.3.2-18]: in their order.
        if (which.HasFlag(MessageProperties.UserProperties) && !came.UserProperties.SequenceEqual(UserPropertiesOf(id)))
            return "user properties";
        return which.HasFlag(MessageProperties.Expiry) && !IsExpiryRight(ExpiryOf(id), came.Integer(PropertyId.MessageExpiryInterval), age)
            ? $"message expiry {came.Integer(PropertyId.MessageExpiryInterval)} of {ExpiryOf(id)} after {age}"
            : null;
    }

    /// <summary>What was received minus the time it waited [MQTT5-3.3.2-6].</summary>
    private static bool IsExpiryRight(uint sent, uint? came, TimeSpan age) => came <= sent && came + age.TotalSeconds + 2 >= sent;

    private static uint ExpiryOf(long id) => ShortestExpiry + (uint)(id % 1000);

    private static IReadOnlyList<(string Name, string Value)> UserPropertiesOf(long id) => [("b", $"{id}"), ("a", ""), ("b", $"{id + 1}")];

    private static ReadOnlySpan<byte> FillingOf(Message message) => Filling.AsSpan((int)(message.Id * 31 % Starts), message.Length - HeaderBytes);

    private static byte[] Fill()
    {
        var filling = new byte[Starts + LongestPayload];
        new Random(1).NextBytes(filling);
        return filling;
    }
}
