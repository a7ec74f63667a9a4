using System.Globalization;
using System.Text.Json.Nodes;

namespace OrleansBroker.Api.Tests.Contract;

/// <summary>Compares answers with what the document says of them.</summary>
internal sealed class AnswerJudge(ApiDescription description)
{
    /// <summary>What is wrong with an answer; null when nothing is.</summary>
    public string? Judge(GeneratedRequest request, int status, string? mediaType, string? body)
    {
        if (status >= 500 && status is not (503 or 504))
            return $"{status}: {body}";
        if (request.Operation.Answer(status) is not { } answer)
            return $"{status} is not described: {body}";
        if (request.Fault is not null && status is < 400 or >= 500)
            return $"{status} for a request with a fault";
        if (request.Fault is null && status is 413 or 415 or 405)
            return $"{status} for a request that the document allows: {body}";
        var content = answer["content"]?.AsObject();
        if (content is null || content.Count == 0)
            return string.IsNullOrEmpty(body) ? null : $"{status} has a body that is not described: {body}";
        if (content[mediaType ?? ""] is not { } media)
            return $"{status} of type {mediaType} is not described";
        if (body is null || mediaType?.EndsWith("json", StringComparison.Ordinal) != true || media["schema"] is not { } schema)
            return null;
        return Mismatch(JsonNode.Parse(body), schema, "$") is { } mismatch ? $"{status}: {mismatch}: {body[..Math.Min(body.Length, 2000)]}" : null;
    }

    private string? Mismatch(JsonNode? value, JsonNode schema, string at)
    {
        schema = description.Resolve(schema);
        if ((schema["oneOf"] ?? schema["anyOf"]) is JsonArray either)
            return either.Any(each => Mismatch(value, each!, at) is null) ? null : $"{at} is none of its alternatives";
        var types = ApiDescription.TypesOf(schema);
        if (types.Count > 0 && !types.Any(type => Is(value, type)))
            return $"{at} is not {string.Join(" or ", types)}";
        if (schema["enum"] is JsonArray names && !names.Any(name => JsonNode.DeepEquals(name, value)))
            return $"{at} is none of its names";
        return value switch
        {
            JsonArray array when schema["items"] is { } items => array.Select((item, index) => Mismatch(item, items, $"{at}[{index}]")).FirstOrDefault(static each => each is not null),
            JsonObject made => MismatchOfMembers(made, schema, at),
            JsonValue scalar => MismatchOfScalar(scalar, schema, at),
            _ => null,
        };
    }

    private string? MismatchOfMembers(JsonObject made, JsonNode schema, string at)
    {
        foreach (var name in schema["required"]?.AsArray() ?? [])
        {
            if (!made.ContainsKey((string)name!))
                return $"{at} lacks {name}";
        }
        if (schema["properties"] is not JsonObject properties)
            return null;
        foreach (var (name, member) in made)
        {
            // Clients may meet what they do not know; the broker's own document knows all.
            if (properties[name] is not { } described)
                return schema["additionalProperties"] is JsonObject others ? Mismatch(member, others, $"{at}.{name}") : $"{at}.{name} is not described";
            if (Mismatch(member, described, $"{at}.{name}") is { } mismatch)
                return mismatch;
        }
        return null;
    }

    private static string? MismatchOfScalar(JsonValue value, JsonNode schema, string at)
    {
        if ((string?)schema["format"] == "date-time"
            && !DateTimeOffset.TryParseExact(value.ToString(), "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _))
            return $"{at} is no time of RFC 3339 with milliseconds";
        if (schema["minimum"] is { } min && (decimal)value < (decimal)min)
            return $"{at} is less than {min}";
        return schema["maximum"] is { } max && (decimal)value > (decimal)max ? $"{at} is more than {max}" : null;
    }

    private static bool Is(JsonNode? value, string type) => value?.GetValueKind() switch
    {
        null => type == "null",
        System.Text.Json.JsonValueKind.Array => type == "array",
        System.Text.Json.JsonValueKind.Object => type == "object",
        System.Text.Json.JsonValueKind.String => type == "string",
        System.Text.Json.JsonValueKind.Number => type == "number" || (type == "integer" && value.AsValue().TryGetValue(out long _)),
        _ => type == "boolean",
    };
}
