namespace OrleansBroker.Grains.Sessions;

/// <summary>References to session grains.</summary>
internal interface ISessionGrains
{
    ISessionGrain For(string clientId);
}
