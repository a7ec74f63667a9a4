using System.Text;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Tests.Journals;

/// <summary>What a row said when its commit began, records as <c>key=value+payload</c> and <c>-key</c>.</summary>
public sealed record RowCopy(string Key, ulong Number, string Records, string Bytes)
{
    public static RowCopy Of(JournalAppend row)
    {
        var records = new List<string>();
        foreach (var record in row)
        {
            var key = Encoding.UTF8.GetString(record.Key);
            var payload = record.Payload.IsDefault ? "" : "+" + Encoding.UTF8.GetString(record.Payload.AsSpan());
            records.Add(record.IsRemoval ? "-" + key : key + "=" + Encoding.UTF8.GetString(record.Value) + payload);
        }

        return new RowCopy(row.Journal.Key, row.Number, string.Join(' ', records), Convert.ToHexString(row.Records.Span));
    }
}
