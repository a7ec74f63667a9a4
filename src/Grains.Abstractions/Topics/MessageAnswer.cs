using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Topics;

/// <summary>What has become of a message.</summary>
/// <param name="Reason">What a PUBACK would say; where the message breaks a rule, what its publisher would be told.</param>
/// <param name="Matched">With how many sessions the message matched when it came to its shard: each once, and one for each shared group. 0 unless it did come there.</param>
/// <param name="Detail">What is wrong with the message; null when nothing is.</param>
public sealed record MessageAnswer(MessageState State, ReasonCode Reason, int Matched = 0, string? Detail = null);
