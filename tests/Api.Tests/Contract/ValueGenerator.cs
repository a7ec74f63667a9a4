using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace OrleansBroker.Api.Tests.Contract;

/// <summary>Makes values that a schema allows, and values that it does not.</summary>
/// <param name="known">Texts that mean something to the broker: client ids, topics, filters, cursors.</param>
internal sealed class ValueGenerator(ApiDescription description, Random random, IReadOnlyList<string> known)
{
    private const int MaxDepth = 6;

    public JsonNode? Valid(JsonNode schema, int depth = 0)
    {
        schema = description.Resolve(schema);
        if (schema["enum"] is JsonArray names)
            return names[random.Next(names.Count)]?.DeepClone();
        if ((schema["oneOf"] ?? schema["anyOf"]) is JsonArray either)
            return Valid(either[random.Next(either.Count)]!, depth);
        var types = ApiDescription.TypesOf(schema);
        return (types.Count == 0 ? "string" : types[random.Next(types.Count)]) switch
        {
            "null" => null,
            "boolean" => random.Next(2) == 0,
            "integer" => Whole(schema),
            "number" => Whole(schema) + random.NextDouble(),
            "array" => Array(schema, depth),
            "object" => Object(schema, depth),
            _ => Text(schema),
        };
    }

    /// <summary>Null when there is none, for every text is allowed.</summary>
    public JsonNode? Invalid(JsonNode schema, bool isText)
    {
        schema = description.Resolve(schema);
        var types = ApiDescription.TypesOf(schema);
        string type = types.Count == 0 ? "string" : types[0];
        if (schema["enum"] is not null)
            return "no-such-name";
        JsonNode?[] wrong = type switch
        {
            "boolean" => ["yes", 1, "", "TRUE"],
            "integer" => ["x", "", "1.5", "0x10", "1e3", Beyond(schema, "maximum", +1), Beyond(schema, "minimum", -1), "99999999999999999999999"],
            "array" when isText => ["", ",", "no-such-name"],
            "array" => [1, "x", new JsonObject()],
            "object" => [1, "x", new JsonArray()],
            _ when (string?)schema["format"] == "date-time" => ["", "today", "2026-13-01T00:00:00Z", "2026-01-01"],
            _ when isText => [(int?)schema["minLength"] > 0 ? "" : null, schema["maxLength"] is { } most ? new string('x', (int)most + 1) : null],
            _ => [1, true, new JsonArray()],
        };
        return wrong[random.Next(wrong.Length)]?.DeepClone();
    }

    /// <summary>A text of any characters, half of the time one that is known.</summary>
    public string AnyText(int maxLength)
    {
        if (known.Count > 0 && random.Next(2) == 0 && known[random.Next(known.Count)] is { } text && text.Length <= maxLength)
            return text;
        var made = new StringBuilder();
        for (int length = random.Next(1, Math.Min(12, maxLength) + 1); length > 0 && made.Length < maxLength - 1; length--)
            made.Append(AnyRune());
        return made.Length == 0 ? "x" : made.ToString();
    }

    private Rune AnyRune() => new(random.Next(8) switch
    {
        0 => "/+#$%~.&"[random.Next(8)],
        1 => random.Next(1, 0x20),
        2 => random.Next(0x80, 0xD800),
        3 => random.Next(0x1F300, 0x1FAFF),
        _ => random.Next(0x20, 0x7F),
    });

    private static JsonNode? Beyond(JsonNode schema, string bound, int step) =>
        schema[bound] is { } limit && decimal.TryParse(limit.ToString(), CultureInfo.InvariantCulture, out decimal value) ? (value + step).ToString(CultureInfo.InvariantCulture) : "x";

    private long Whole(JsonNode schema)
    {
        long min = schema["minimum"] is { } low ? (long)low : -10;
        long max = schema["maximum"] is { } high ? (long)high : 1_000_000;
        return random.Next(4) switch { 0 => min, 1 => max, _ => random.NextInt64(min, Math.Min(max, min > long.MaxValue - 1000 ? max : min + 1000)) };
    }

    private JsonNode Text(JsonNode schema)
    {
        if (schema["examples"] is JsonArray { Count: > 0 } examples && random.Next(2) == 0)
            return examples[0]!.DeepClone();
        return (string?)schema["format"] switch
        {
            "date-time" => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(random.Next(100_000_000)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            "byte" => Convert.ToBase64String(Encoding.UTF8.GetBytes(AnyText(64))),
            _ => AnyText((int?)schema["maxLength"] ?? 64),
        };
    }

    private JsonArray Array(JsonNode schema, int depth)
    {
        int min = (int?)schema["minItems"] ?? 0;
        int max = Math.Min((int?)schema["maxItems"] ?? 4, 4);
        if (depth >= MaxDepth)
            max = min;
        var items = Enumerable.Range(0, random.Next(min, Math.Max(min, max) + 1)).Select(_ => Valid(schema["items"]!, depth + 1));
        return new([.. (bool?)schema["uniqueItems"] == true ? items.DistinctBy(static item => item?.ToJsonString()) : items]);
    }

    private JsonObject Object(JsonNode schema, int depth)
    {
        var made = new JsonObject();
        var required = (schema["required"]?.AsArray() ?? []).Select(static name => (string)name!).ToHashSet();
        foreach (var (name, member) in schema["properties"]?.AsObject() ?? [])
        {
            if (required.Contains(name) || (depth < MaxDepth && random.Next(2) == 0))
                made[name] = Valid(member!, depth + 1);
        }
        return made;
    }
}
