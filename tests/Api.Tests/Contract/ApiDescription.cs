using System.Text.Json.Nodes;

namespace OrleansBroker.Api.Tests.Contract;

/// <summary>An OpenAPI document, as far as requests and answers are made and judged by it.</summary>
internal sealed class ApiDescription(JsonNode document)
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "patch"];

    public IReadOnlyList<Operation> Operations { get; } =
    [
        .. from path in document["paths"]!.AsObject()
           from method in path.Value!.AsObject()
           where Methods.Contains(method.Key)
           select new Operation(new(method.Key.ToUpperInvariant()), path.Key, method.Value!),
    ];

    /// <summary>The schema itself, where it is named elsewhere.</summary>
    public JsonNode Resolve(JsonNode schema)
    {
        while (schema["$ref"] is { } reference)
        {
            var at = document;
            foreach (string part in ((string)reference!)[2..].Split('/'))
                at = at![part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)];
            schema = at ?? throw new InvalidDataException($"{reference} is not there");
        }
        return schema;
    }

    /// <summary>The types of a schema; all when it does not say.</summary>
    public static IReadOnlyList<string> TypesOf(JsonNode schema) => schema["type"] switch
    {
        JsonArray several => [.. several.Select(static type => (string)type!)],
        { } one => [(string)one!],
        _ => [],
    };
}
