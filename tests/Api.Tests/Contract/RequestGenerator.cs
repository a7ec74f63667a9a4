using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OrleansBroker.Api.Tests.Contract;

/// <summary>Makes requests of the document: half of them valid, half with one fault.</summary>
internal sealed partial class RequestGenerator(ApiDescription description, Random random, IReadOnlyList<string> known)
{
    private const string Json = "application/json";

    private static readonly string[] BadPaths = ["%", "%zz", "%ff", "%c0%af", "~", "~a", "~AA", "..", "%2e"];

    private static readonly string[] Headers = ["\"1\"", "*", "\"0-1\"", "W/\"a\", \"b\"", "1", "x y", "\"", "\"99999999999999999999\""];

    private readonly ValueGenerator _values = new(description, random, known);

    public GeneratedRequest Next()
    {
        var operation = description.Operations[random.Next(description.Operations.Count)];
        var query = ValidQuery(operation);
        string path = Placeholder().Replace(operation.Path, _ => Encode(_values.AnyText(64)));
        string? body = operation.BodySchema is { } schema ? Write(_values.Valid(schema)) : null;
        var valid = new GeneratedRequest(operation, Target(path, query), body, Json, Header(operation), Fault: null);
        return random.Next(2) == 0 ? valid : Spoil(valid, path, query);
    }

    private List<string> ValidQuery(Operation operation) =>
    [
        .. from parameter in operation.Parameters("query")
           where (bool?)parameter["required"] == true || random.Next(3) == 0
           select $"{parameter["name"]}={Uri.EscapeDataString(Flat(_values.Valid(parameter["schema"]!)))}",
    ];

    private GeneratedRequest Spoil(GeneratedRequest valid, string path, List<string> query)
    {
        var operation = valid.Operation;
        switch (random.Next(6))
        {
            case 0 when operation.Path.Contains('{', StringComparison.Ordinal):
                return valid with { Target = Target(Placeholder().Replace(operation.Path, _ => BadPaths[random.Next(BadPaths.Length)], 1).Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal), query), Fault = "path" };
            case 1 when operation.Parameters("query").ToList() is { Count: > 0 } parameters:
                var parameter = parameters[random.Next(parameters.Count)];
                if (_values.Invalid(parameter["schema"]!, isText: true) is not { } wrong) break;
                query.RemoveAll(pair => pair.StartsWith($"{parameter["name"]}=", StringComparison.Ordinal));
                query.Add($"{parameter["name"]}={Uri.EscapeDataString(Flat(wrong))}");
                return valid with { Target = Target(path, query), Fault = $"value of {parameter["name"]}" };
            case 2 when query.Count > 0:
                query.Add(query[random.Next(query.Count)]);
                return valid with { Target = Target(path, query), Fault = "repeated parameter" };
            case 3 when valid.Body is not null:
                return random.Next(2) == 0 ? valid with { MediaType = "text/plain", Fault = "media type" } : valid with { Body = valid.Body[..random.Next(1, Math.Max(2, valid.Body.Length))], Fault = "half a body" };
            case 4 when valid.Body is not null && SpoilBody(operation, valid.Body) is { } spoilt:
                return valid with { Body = spoilt, Fault = "body" };
        }
        query.Add($"{(random.Next(2) == 0 ? "nosuch" : Uri.EscapeDataString(_values.AnyText(8)))}=1");
        return valid with { Target = Target(path, query), Fault = "unknown parameter" };
    }

    // One member is missing, of another type, or too much.
    private string? SpoilBody(Operation operation, string body)
    {
        var schema = description.Resolve(operation.BodySchema!);
        if (JsonNode.Parse(body) is not JsonObject made)
            return "1";
        var required = (schema["required"]?.AsArray() ?? []).Select(static name => (string)name!).ToList();
        switch (random.Next(3))
        {
            case 0 when required.Count > 0:
                made.Remove(required[random.Next(required.Count)]);
                return Write(made);
            case 1 when made.Count > 0:
                string name = made.ElementAt(random.Next(made.Count)).Key;
                if (_values.Invalid(schema["properties"]![name]!, isText: false) is not { } wrong) return null;
                made[name] = wrong;
                return Write(made);
        }
        made["nosuch"] = 1;
        return Write(made);
    }

    private (string Name, string Value)? Header(Operation operation) =>
        operation.Parameters("header").FirstOrDefault() is { } header && random.Next(3) == 0 ? ((string)header["name"]!, Headers[random.Next(Headers.Length)]) : null;

    private static string Write(JsonNode? node) => node?.ToJsonString() ?? "null";

    private static string Target(string path, List<string> query) => query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";

    private static string Flat(JsonNode? value) => value switch
    {
        null => "",
        JsonArray array => string.Join(',', array.Select(static item => item?.ToString())),
        JsonValue flag when flag.TryGetValue(out bool truth) => truth ? "true" : "false",
        _ => value.ToString(),
    };

    private string Encode(string text)
    {
        bool plain = random.Next(2) == 0 && text[0] != '~' && text is not ("." or "..");
        return plain ? Uri.EscapeDataString(text) : "~" + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
    }

    [GeneratedRegex(@"\{[A-Za-z]+\}")]
    private static partial Regex Placeholder();
}
