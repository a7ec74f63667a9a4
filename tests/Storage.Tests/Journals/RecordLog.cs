using System.Text;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Tests.Journals;

/// <summary>Keeps what a replay hands out, as text: <c>key=value</c> or <c>key=value+payload</c> (<c>+?</c> when it was not loaded).</summary>
public sealed class RecordLog(long maxPayloadBytes = long.MaxValue) : IJournalReplay
{
    public List<string> Records { get; } = [];

    public long MaxPayloadBytes => maxPayloadBytes;

    public void Replay(in JournalRecord record)
    {
        Assert.False(record.IsRemoval);
        var text = Encoding.UTF8.GetString(record.Key) + "=" + Encoding.UTF8.GetString(record.Value);
        if (record.HasPayload)
            text += "+" + (record.Payload.IsDefault ? "?" : Encoding.UTF8.GetString(record.Payload.AsSpan()));
        Records.Add(text);
    }
}
