using System.Globalization;
using System.Text.Json;
using Azure.Data.Tables;

namespace OrleansBroker.Storage.Tests.AzureTables;

/// <summary>A table's entities as JSON: an array of objects, in which a property is its type and its value.</summary>
internal static class TableCopy
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    public static async Task<string> ReadAsync(TableClient table, CancellationToken cancellation)
    {
        List<SortedDictionary<string, string[]>> entities = [];
        await foreach (var entity in table.QueryAsync<TableEntity>(cancellationToken: cancellation))
        {
            var copy = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
            foreach (var (name, value) in entity)
            {
                if (name is not ("Timestamp" or "odata.etag")) copy[name] = ToText(value);
            }

            entities.Add(copy);
        }

        return JsonSerializer.Serialize(entities, Indented) + "\n";
    }

    public static async Task WriteAsync(TableClient table, string json, CancellationToken cancellation)
    {
        foreach (var copy in JsonSerializer.Deserialize<List<Dictionary<string, string[]>>>(json)!)
        {
            var entity = new TableEntity(copy["PartitionKey"][1], copy["RowKey"][1]);
            foreach (var (name, value) in copy) entity[name] = FromText(value[0], value[1]);
            await table.AddEntityAsync(entity, cancellation);
        }
    }

    private static string[] ToText(object value) => value switch
    {
        byte[] bytes => ["binary", Convert.ToBase64String(bytes)],
        int number => ["int32", number.ToString(CultureInfo.InvariantCulture)],
        long number => ["int64", number.ToString(CultureInfo.InvariantCulture)],
        bool flag => ["boolean", flag ? "true" : "false"],
        Guid guid => ["guid", guid.ToString()],
        DateTimeOffset time => ["time", time.ToString("O", CultureInfo.InvariantCulture)],
        _ => ["string", (string)value],
    };

    private static object FromText(string type, string text) => type switch
    {
        "binary" => Convert.FromBase64String(text),
        "int32" => int.Parse(text, CultureInfo.InvariantCulture),
        "int64" => long.Parse(text, CultureInfo.InvariantCulture),
        "boolean" => text == "true",
        "guid" => Guid.Parse(text),
        "time" => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture),
        _ => text,
    };
}
