using System.Text;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Api.Frame;

/// <summary>Topic names and filters in requests.</summary>
internal static class TopicText
{
    private static readonly string TooLong = $"It is longer than {TopicName.MaximumBytes} bytes of UTF-8";

    /// <summary>One clause that says what is wrong with a topic name; null when nothing is.</summary>
    public static string? FaultOfName(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        if (utf8.Length > TopicName.MaximumBytes)
            return TooLong;
        var violation = TopicName.Validate(utf8);
        return violation == SpecViolation.None ? null : SpecViolations.TextOf(violation);
    }

    /// <summary>The same of a topic filter, which may begin with <c>$share/name/</c>.</summary>
    public static string? FaultOfFilter(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        if (utf8.Length > TopicName.MaximumBytes)
            return TooLong;
        return TopicFilter.TryParse(utf8, out _, out var violation) ? null : SpecViolations.TextOf(violation);
    }
}
