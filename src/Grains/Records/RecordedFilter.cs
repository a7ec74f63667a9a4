using System.Text;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Records;

/// <summary>A topic filter in a record.</summary>
internal static class RecordedFilter
{
    /// <summary>False when the text is none that this version takes for a filter.</summary>
    public static bool TryRead(ref RecordFields fields, out TopicFilter? filter) => TryParse(fields.Text() ?? "", out filter);

    /// <summary>A shared subscription at the end of a record, under a short text; null for none.</summary>
    public static TopicFilter? ReadShared(ref RecordFields fields) =>
        fields.ShortText() is { Length: > 0 } text && TryParse(text, out var filter) && filter!.IsShared ? filter : null;

    private static bool TryParse(string filter, out TopicFilter? parsed)
    {
        parsed = null;
        var text = Encoding.UTF8.GetBytes(filter);
        return text.Length <= TopicName.MaximumBytes && TopicFilter.TryParse(text, out parsed, out _);
    }
}
