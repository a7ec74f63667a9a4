using System.ComponentModel;

namespace OrleansBroker.Api.Publish;

/// <summary>Of one message what became of it, of several what became of each.</summary>
internal sealed record PublishAnswer(
    [property: Description("Of a single message: success or no-matching-subscribers.")] PublishReason? Reason = null,
    [property: Description("Of a single message: as in results.")] int? Matched = null,
    [property: Description("Of messages: one for each, in their order.")] IReadOnlyList<PublishResult>? Results = null);
