using OrleansBroker.Soak.Tests.Model;

namespace OrleansBroker.Soak.Tests.Clients;

/// <summary>A PINGREQ: when its answer comes, the broker has read all that was sent before it.</summary>
/// <param name="Answers">How many acknowledgements had left on the connection.</param>
/// <param name="AtMostOnce">Attempts of QoS 0 since the last barrier.</param>
internal sealed record Barrier(long Answers, IReadOnlyList<Attempt> AtMostOnce, TaskCompletionSource Answered);
