namespace OrleansBroker.Gateway.Admission.Enhanced.Scram;

/// <summary>What a user is checked against; for a user who cannot succeed, something of the same look.</summary>
/// <param name="SaltedPassword">The caller's own copy.</param>
/// <param name="IsKnown">False: no proof is accepted.</param>
internal sealed record ScramCredentials(string UserName, byte[] Salt, int Iterations, byte[] SaltedPassword, bool IsKnown);
