using System.Text.Json.Nodes;

namespace OrleansBroker.Api.Tests.Contract;

/// <summary>One method of one path.</summary>
/// <param name="Path">With <c>{names}</c>.</param>
internal sealed record Operation(HttpMethod Method, string Path, JsonNode Json)
{
    public IEnumerable<JsonNode> Parameters(string place) =>
        (Json["parameters"]?.AsArray() ?? []).Where(parameter => (string)parameter!["in"]! == place).Select(static parameter => parameter!);

    /// <summary>Of the JSON body; null when there is none.</summary>
    public JsonNode? BodySchema => Json["requestBody"]?["content"]?["application/json"]?["schema"];

    /// <summary>What a status is described to answer; null when it is not described.</summary>
    public JsonNode? Answer(int status) => Json["responses"]![status.ToString(System.Globalization.CultureInfo.InvariantCulture)];

    public override string ToString() => $"{Method} {Path}";
}
