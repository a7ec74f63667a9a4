namespace OrleansBroker.Fuzz.Tests.Runs;

/// <summary>One execution's input.</summary>
/// <param name="Version">3, 4, 5: of the connection before the first byte; 0: the bytes begin with CONNECT, or should.</param>
/// <param name="Seed">Decides everything that the bytes do not: where they are split, what the fakes do.</param>
internal sealed record FuzzInput(int Version, ulong Seed, byte[] Bytes);
