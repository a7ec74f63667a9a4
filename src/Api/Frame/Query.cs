using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace OrleansBroker.Api.Frame;

/// <summary>Makes query parameters of each kind. What is absent has the value <c>null</c>, unless another is given.</summary>
public static class Query
{
    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>, with a value where it is absent.</summary>
    public static QueryParameter<int> Count(string name, int min, int max, int absent, string description)
    {
        var schema = WholeSchema(min, max);
        schema.Default = JsonValue.Create(absent);
        return new(name, Range(min, max), description, schema, (string text, out int value) => TryWhole(text, min, max, out value), absent);
    }

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public static QueryParameter<long?> Whole(string name, long min, long max, string description) => new(
        name, Range(min, max), description, WholeSchema(min, max),
        (string text, out long? value) =>
        {
            bool valid = TryWhole(text, min, max, out long number);
            value = number;
            return valid;
        },
        absent: null);

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static QueryParameter<bool?> Switch(string name, string description) => new(
        name, "true, false", description, new OpenApiSchema { Type = JsonSchemaType.Boolean },
        static (string text, out bool? value) =>
        {
            value = text == "true";
            return text is "true" or "false";
        },
        absent: null);

    /// <summary>A text, not empty, of at most so many bytes of UTF-8, without U+0000.</summary>
    public static QueryParameter<string?> Text(string name, int maxBytes, string description) => new(
        name, $"a text of 1 to {maxBytes} bytes", description, new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = maxBytes },
        (string text, out string? value) =>
        {
            value = text;
            return text.Length > 0 && Encoding.UTF8.GetByteCount(text) <= maxBytes;
        },
        absent: null);

    /// <summary>A time of RFC 3339.</summary>
    public static QueryParameter<DateTimeOffset?> Time(string name, string description) => new(
        name, "a time such as 2026-01-31T12:00:00Z", description, new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
        static (string text, out DateTimeOffset? value) =>
        {
            bool valid = Rfc3339.TryParse(text, out var time);
            value = time;
            return valid;
        },
        absent: null);

    /// <summary>One of some names.</summary>
    public static QueryParameter<T?> Choice<T>(string name, IReadOnlyList<(string Name, T Value)> choices, string description)
        where T : struct => new(
        name, string.Join(", ", choices.Select(choice => choice.Name)), description, NamesSchema(choices.Select(choice => choice.Name)),
        (string text, out T? value) =>
        {
            int at = choices.Select(choice => choice.Name).ToList().IndexOf(text);
            value = at < 0 ? null : choices[at].Value;
            return at >= 0;
        },
        absent: null);

    /// <summary>Some of a fixed set of names, separated by commas, none twice.</summary>
    public static QueryParameter<IReadOnlyList<string>?> Names(string name, IReadOnlyList<string> names, string description) => new(
        name, $"some of {string.Join(", ", names)}, separated by commas", description,
        new OpenApiSchema { Type = JsonSchemaType.Array, Items = NamesSchema(names), MinItems = 1, UniqueItems = true },
        (string text, out IReadOnlyList<string>? value) =>
        {
            string[] given = text.Split(',');
            value = given;
            return given.All(names.Contains) && given.Distinct().Count() == given.Length;
        },
        absent: null);

    private static string Range(long min, long max) => $"{min} to {max}";

    private static OpenApiSchema WholeSchema(long min, long max) => new()
    {
        Type = JsonSchemaType.Integer,
        Format = max > int.MaxValue ? "int64" : "int32",
        Minimum = min.ToString(CultureInfo.InvariantCulture),
        Maximum = max.ToString(CultureInfo.InvariantCulture),
    };

    private static OpenApiSchema NamesSchema(IEnumerable<string> names) =>
        new() { Type = JsonSchemaType.String, Enum = [.. names.Select(name => (JsonNode)JsonValue.Create(name))] };

    // Digits only: no sign but a minus, no space, no exponent.
    private static bool TryWhole<T>(string text, T min, T max, out T value)
        where T : System.Numerics.IBinaryInteger<T> =>
        T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value!) && text[0] != '+' && value >= min && value <= max;
}
