using System.Text;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Records;

/// <summary>A topic filter in a record.</summary>
internal static class RecordedFilter
{
    /// <summary>False when the text is none that this version takes for a filter.</summary>
    public static bool TryRead(ref RecordFields fields, out TopicFilter? filter)
    {
        filter = null;
        var text = Encoding.UTF8.GetBytes(fields.Text() ?? "");
        return text.Length <= TopicName.MaximumBytes && TopicFilter.TryParse(text, out filter, out _);
    }
}
