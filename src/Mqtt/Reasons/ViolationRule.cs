namespace OrleansBroker.Mqtt.Reasons;

/// <summary>A row of <see cref="SpecViolations"/>.</summary>
/// <param name="ReasonCode">What a 5.0 peer is told.</param>
/// <param name="Statement5">Identifier, or section where the rule has no number.</param>
/// <param name="Statement311">The same for 3.1.1 and 3.1; null where the rule exists in 5.0 alone.</param>
/// <param name="Text">One clause, for a log line or a Reason String.</param>
internal readonly record struct ViolationRule(ReasonCode ReasonCode, string Statement5, string? Statement311, string Text);
