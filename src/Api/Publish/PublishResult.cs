using System.ComponentModel;

namespace OrleansBroker.Api.Publish;

/// <summary>What became of one message.</summary>
internal sealed record PublishResult(
    PublishReason Reason,
    [property: Description("With how many sessions the message matched when it came to its shard: each counts once, and each shared group once. Absent when it is not known to have come there.")] int? Matched = null,
    [property: Description("What is wrong; absent when nothing is.")] string? Detail = null);
