using System.Text.Json.Nodes;

namespace OrleansBroker.Api.Tests;

/// <summary>A whole answer.</summary>
public sealed record ApiAnswer(int Status, string? MediaType, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The body as JSON.</summary>
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>The code of a problem; null when the answer is none.</summary>
    public string? Code => MediaType == "application/problem+json" ? (string?)Json["code"] : null;

    internal static async Task<ApiAnswer> ReadAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, headers, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
