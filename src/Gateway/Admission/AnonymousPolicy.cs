namespace OrleansBroker.Gateway.Admission;

/// <summary>From where clients without credentials are welcome.</summary>
public enum AnonymousPolicy
{
    Nowhere,
    Loopback,
    Everywhere,
}
